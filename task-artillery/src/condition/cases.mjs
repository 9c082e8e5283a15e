// Prints `cases.json`: conditions, and what filtrex makes of them. In an empty folder, with a copy of this file:
//
//     npm install filtrex@2.2.3
//     node cases.mjs > cases.json
//
// The tests say which come to something else here, on purpose.

import { compileExpression } from "filtrex";

const vars = {
    one: 1, four: 4, text: "text", digits: "4", empty: "", yes: true, no: false, nothing: null,
    list: [1, "b", null, [2, 3]], none: [], map: { key: "value", n: 7 }, "with.dot": "flat", "my-name": "quoted", unit: "é𝄞",
};

const expressions = [
    // Numbers and arithmetic.
    "0", "12", "1.5", "-1", "- 1", "--1", "1 + 2 * 3", "(1 + 2) * 3", "2 ^ 3 ^ 2", "-2 ^ 2", "2 ^ -1", "7 % 3", "-7 % 3", "7.5 % 2", "1 / 0", "0 / 0",
    "10 - 3 - 2", "12 / 3 / 2", "2 * 3 % 4", "1 ^ (1 / 0)", "0 ^ 0", "text * 2", "digits * 2", "digits + 2", "2 + digits", "one + text", "yes + 1",
    "nothing + 1", "missing + 1", "list + 1", "map + 1", "none + 1", "none * 1", "-digits", "-text",
    // Comparisons.
    "four == 4", "digits == 4", "digits == \"4\"", "digits == \"4.0\"", "four == \"4.0\"", "text == \"text\"", "empty == 0", "nothing == 0", "nothing == missing",
    "missing == 0", "yes == 1", "yes == 2", "no == 0", "no == empty", "none == empty", "none == 0", "list == list", "map == map", "map == \"[object Object]\"",
    "four != 4", "digits != 4", "missing != nothing", "four < 5", "four <= 4", "four > 4", "four >= 4", "digits < 10", "digits < \"10\"", "text < \"tezt\"",
    "text > 1", "text < 1", "missing < 1", "missing >= 0", "nothing >= 0", "nothing < 1", "1 < 2 == 1", "1 == 1 < 2", "3 > 2 > 1", "\"Z\" < \"a\"", "unit > \"z\"",
    // Logic.
    "1 and 1", "1 and 0", "0 and 1", "0 or 0", "0 or 1", "1 or 0", "not 0", "not 1", "not not 1", "not text", "not empty", "not list", "not none", "not missing",
    "text and 1", "missing and 1", "empty or 1", "1 or 0 and 0", "0 and 1 or 1", "not 0 and 0", "not one == 0", "not four < 3", "1 and not 0",
    // Choices.
    "1 ? 2 : 3", "0 ? 2 : 3", "text ? \"a\" : \"b\"", "1 ? 0 ? 5 : 6 : 7", "0 ? 1 : 2 + 3", "1 or 0 ? 8 : 9", "(0 ? 1 : 0) ? 4 : 5",
    // Lists.
    "1 in (1, 2)", "3 in (1, 2)", "3 not in (1, 2)", "1 not in (1, 2)", "text in (\"a\", \"text\")", "(1, 2) in (1, 2, 3)", "(1, 4) in (1, 2, 3)", "(1, 4) not in (1, 2, 3)",
    "1 in 1", "1 in list", "\"b\" in list", "(1, \"b\") in list", "1 in none", "none in 1", "missing in (1, 2)", "four in (2 + 2, 1)", "1 == 1 in (1, 2)", "1 in (1, 2) and 1",
    // Patterns.
    "text ~= \"^te\"", "text ~= \"^x\"", "text ~= \"\\\\w{4}$\"", "four ~= \"4\"", "missing ~= \"undef\"", "text ~= missing", "text ~= text", "list ~= \"b\"",
    // Names, members.
    "four", "text", "missing", "'my-name'", "with.dot", "'with.dot'", "key of map", "n of map", "missing of map", "length of text", "length of list", "'1' of list",
    "'9' of list", "'0' of text", "key of missing", "key of nothing", "length of four", "length of unit", "toString of map", "length of key of map", "n of map + 1",
    "constructor of text", "'01' of list",
    // Functions.
    "abs(-5)", "ceil(4.1)", "floor(4.9)", "round(4.5)", "round(-4.5)", "round(-4.6)", "round(0.49999999999999994)", "sqrt(16)", "sqrt(-1)", "log(1)", "max(1, 3, 2)", "min(3, 1, 2)",
    "max()", "min()", "max(1, text)", "max(digits, 3)", "abs(text)", "abs()", "abs(digits)", "floor(10 / 4)", "max(abs(-3), 2) == 3", "abs(none)",
    // Texts.
    "\"\"", "\"a\"", "\"a\\\\b\"", "\"a\\\"b\"", "'my\\'name'", "\"it's\"", "\"a\" + \"b\"", "\"a\" + 1", "(1, 2) + \"\"", "(1, (2, 3)) + \"\"",
    // What comes to something else here.
    "1 and text", "2 and 3", "digits in (4, 5)", "four in (\"4\", \"5\")", "digits not in (4, 5)", "map.n", "map.key == \"value\"", "1 + 2 not in (4, 5)",
];

const shown = (value) => {
    if (value === undefined) return "undefined";
    if (typeof value === "number" && !Number.isFinite(value)) return String(value);
    return value;
};

console.log("[");
expressions.forEach((expression, index) => {
    const value = compileExpression(expression)(vars);
    if (value instanceof Error) throw value;
    console.log(`    ${JSON.stringify([expression, shown(value)])}${index + 1 < expressions.length ? "," : ""}`);
});
console.log("]");
