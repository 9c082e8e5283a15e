// Prints `cases.json`: documents, paths, and what jsonpath-plus selects. In an empty folder, with a copy of this file:
//
//     npm install jsonpath-plus@10.3.0
//     node cases.mjs > cases.json
//
// A case is [document, path] or [document, path, differs, ours]: where the module differs on purpose, why, and what it selects
// instead ("refused": an error when the path is read or evaluated).

import { JSONPath } from 'jsonpath-plus';

const documents = {
  store: {
    store: {
      book: [
        { category: 'reference', author: 'Nigel Rees', title: 'Sayings of the Century', price: 8.95 },
        { category: 'fiction', author: 'Evelyn Waugh', title: 'Sword of Honour', price: 12.99 },
        { category: 'fiction', author: 'Herman Melville', title: 'Moby Dick', isbn: '0-553-21311-3', price: 8.99 },
        { category: 'fiction', author: 'J. R. R. Tolkien', title: 'The Lord of the Rings', isbn: '0-395-19395-8', price: 22.99 },
      ],
      bicycle: { color: 'red', price: 19.95 },
    },
  },
  users: {
    total: 4,
    users: [
      { id: 1, name: 'ann@example.org', tags: ['a', 'b'], active: true, 'first-name': 'Ann', at: { v: 1 } },
      { id: 2, name: 'Bob', tags: [], active: false, at: { v: '1' } },
      { id: 10, name: ' cat ', tags: ['b', { t: 1 }], active: null, at: { v: true } },
      { id: '3', name: '', tags: ['c'], at: { v: [1] } },
    ],
  },
  list: [{ id: 1 }, { id: 2, in: [3, [4, { id: 5 }]] }, [], [[6]], {}],
  mixed: [1, 'x', null, { k: 1 }, [1, [2, 3]], true, false, 0, '', -1, 2.5, '12', 'abc', 'é', 1e21, 0.000001, 12345678901],
  texts: ['apple', 'Banana', 'cherry pie', 'a.b', 'a-b', 'x\ny', 'ÄPFEL', 'Straße', 'Σίσυφος', '😀', '2024-01-31', '', '#1 (one)'],
  odd: {
    '*': { '..': 1, '^': 2, '~': 3, a: 4, '*': 5, $: 6, '@id': 7 },
    'a.b': { c: 1 },
    'a,b': 2,
    a: { b: 3, c: 4, length: 5, 'x y': 6, '-1': 7, '1:2': 8, '`': 9, $ref: 10, 'a~b': 11, '?(@.a)': 12 },
    10: { 3: 'three', 1: 'one', b: 'b', '01': 'zero-one' },
    2: [0, 1, 2, 3, 4, 5],
    $: [{ a: 1 }, { a: 2 }],
    '@id': 'json-ld',
    '': { '': 'empty' },
    "it's": 13,
    quotes: { '"': 14, 'a"b': 15 },
  },
  unicode: { ünï: { ключ: 'значение', 日本: ['語', '本'] }, '😀': { wert: 1 }, 'n͡o': 2 },
  nothing: {},
  none: [],
  text: 'héllo',
  number: 5,
  zero: 0,
  blank: '',
  no: false,
  null: null,
};

const cases = [];
const add = (document, ...paths) => paths.forEach((path) => cases.push([document, path]));
const differ = (document, path, differs, ours) => cases.push([document, path, differs, ours]);

// Names, with and without `$`.
add('store', '$', 'store', '$.store', '$.store.book[0].title', 'store.book[0].title', "$['store']['book'][1]['price']");
add('store', '$["store"]["bicycle"]["color"]', '$.store[bicycle].color', 'store.nothing', '$.store.book.title', '$.store.book[9]');
add('store', '$.store.book.0.title', '$.store.book[0]["title"]', "$.store.'bicycle'.color", '$.store.bicycle.', '$.store.', '$store');
add('store', '$.store.book[ 0 ]', '$.store.book[00]', '$.store.book[-1]', '$.store.book["-1"]', '$.store.book[]', '$.Store', '');
add('store', ' $.store', '$.store ', '$ .store', '.store', '$$.store', '$.store;bicycle', '$.$.store.bicycle', '$.store.$.bicycle.price');

// Lengths, characters, indices of texts.
add('store', '$.store.book.length', '$.store.length', '$.store.book[0].title.length', '$.store.book[0].title[1]', '$..length');
add('text', '$', '$.length', '$[1]', '$[1].length', '$[0][0][0]', '$[9]', '$.*', '$..*', '$..', '$[0:2]');
add('number', '$', '$.length', '$.*', '$..', '$.a');
for (const falsy of ['zero', 'blank', 'no', 'null']) add(falsy, '$', '$.*', '$..', 'a');
add('nothing', '$', '$.*', '$..', '$..*', '$.a', '$.*~', '$..~', '$[?(@.a)]', '$.length');
add('none', '$', '$[0]', '$[*]', '$.length', '$[0:1]', '$[-1:]', '$[(@.length-1)]', '$[?(@.a.b)]');

// Wildcards and descent.
add('store', '$.*', '$.store.*', '$.store.book[*].author', '$.store.book.*.author', '$.store..price', '$..author', '$..book[2]');
add('store', '$..book[2].author', '$..book[0,1].title', '$..book[:2].price', '$..*', '$..', 'store..price', '..price', '$...price');
add('store', '$..book..price', '$..[0]', '$.store.book.[0].price', '$.[store]', '$.store..', '$..book.*.length', '$..store..book..isbn');
add('list', '$[*].id', '$..id', '$..', '$..*', '$[*][*]', '$..[0]', '$..[1]', '$[1].in[1][1].id', '$[1].in..id', '$..[0]..[0]', '[0].id');

// Slices and unions.
add('odd', '$.2[1:3]', '$.2[:2]', '$.2[-2:]', '$.2[::2]', '$.2[1:5:2]', '$.2[:]', '$.2[0:0]', '$.2[3:1]', '$.2[-1:]', '$.2[:-1]');
add('odd', '$.2[1:2:0]', '$.2[-3:-1]', '$.2[-99:99]', '$.2[::-1]', '$.2[4:]', '$.2[0,2,4]', '$.2[0,0]', '$.2[1:3,5]', '$.2[5,1:3]');
add('odd', '$.a[b,c]', '$.a.b,c', "$.a['b','c']", '$.a["b","c"]', '$.a[b, c]', '$.a[b,c,nothing]', '$.a[*,b]', '$[10,2][1]', '$.a[length]');
add('store', '$.store.book[0][title,price]', '$.store.book[0,1][title,price]', '$..book[0][category,author]', '$.store[book,bicycle]..price');
add('store', '$.store.book[1:3].title', '$.store.book[-1:].title', '$..book[-1:]', '$.store.bicycle[0:1]', '$.store.book[0:1,3].price');

// Names that look like something else.
add('odd', "$['a.b'].c", '$["a.b"].c', '$[a.b].c', '$.a.b', "$['a,b']", '$.`a,b', "$['*']", '$.*', '$.`*', "$['*']['*']", '$.`*.`*', '$.*.*');
add('odd', "$['*']['..']", "$['*']['^']", "$['*']['~']", "$['*']['$']", '$.`*.`^', '$.`*.`~', "$['$']", '$.$', '$.`$', '$.`$[0].a');
add('odd', "$['@id']", '$.`@id', '$.*.@id', '$.`*.@id', '$..`@id', "$['']", "$['']['']", '$..[""]', "$['it's']", '$["it\'s"]', '$.it\'s');
add('odd', '$.quotes["a"b"]', '$.quotes.a"b', '$.quotes[\'"\']', "$.a['x y']", '$.a.x y', '$.a[x y]', '$.a.-1', '$.a[-1]', "$.a['1:2']");
add('odd', '$.a.$ref', "$.a['$ref']", '$.a["`"]', '$.a.``', "$.a['a~b']", '$.a.`a~b', '$.a[?@.b]', '$.10.*', '$.10.*~', '$.*~');
add('odd', '$.10[01]', '$.10[1]', '$.a#1', '$.a[b', '$.a]b', '$.a(b)', "$.a['b", '$.a.b.^', '$..b^', '$.toString', '$.a.constructor');
add('unicode', '$.ünï.ключ', "$['ünï']['日本'][1]", '$.ünï.日本.length', '$..日本[*]', '$.😀.wert', "$['😀'].wert", '$.*~', '$..ключ', '$.n͡o');
add('unicode', "$.ünï[?(@ =='значение')]", "$.*[?(@property=='日本')]", "$.ünï[?(@.length==2)]", "$.*[?(@path==\"$['ünï']['ключ']\")]");

// Parents, names, types.
add('store', '$.store.book^', '$.store.book[0].price^', '$.store.book[0].price^^', '$..price^', '$..price^^', '$..[?(@.price>19)]^', '$.store.*^');
add('store', '$..isbn^.title', '$..isbn^^.length', '$.store.book[0]^[1].title', '$^', '$.store^', '$.store^^', '$.store^.store.bicycle', '$..^', '$..book^^');
add('store', '$.store.book[0:2]^', '$.store.book[0:2]^^', '$.store.book[0,1]^^', '$..bicycle^^.store', '$.store.book[?(@.isbn)]^^.bicycle.color');
add('store', '$.store~', '$.store.*~', '$.store.book[*]~', '$.store.book[0]~', '$.store.book[0:2]~', '$..price~', '$~', '$..~', '$.store.*~.length');
add('store', '$.store.book[?(@.isbn)]~', '$..*[?(@.price)]~', '$.store.book.~', '$.store.book[(@.length-1)]~', '$.store.book.length~', '$.store~^');
add('mixed', '$[*]@string()', '$[*]@number()', '$[*]@integer()', '$[*]@boolean()', '$[*]@null()', '$[*]@object()', '$[*]@array()', '$[*]@scalar()');
add('mixed', '$.*@undefined()', '$.*@function()', '$.*@nonFinite()', '$.*.@string()', '$..*@number()', '$..@string()', '$[*]@other()', '$[1]@string().length');
add('store', '$..book..*@number()', '$.store.*@array()', '$.store.*@object()', '$@object()', '$..price@number()', '$.store.book@array()[0]', '$.store@string()');

// Filters.
add('store', '$..book[?(@.isbn)]', '$..book[?(@.price<10)].title', '$..book[?(!@.isbn)].title', '$..[?(@.price<10)]', '$..*[?(@.price<10)].title');
add('store', "$..book[?(@.category == 'fiction' && @.price < 10)].title", "$..book[?(@.category=='reference' || @.price>20)].title");
add('store', '$..book[?(@.price === 8.99)].title', "$..book[?(@.category !== 'fiction')].title", '$.store[?(@.color)]', "$.store[?(@.color == 'red')].price");
add('store', '$..book[?(@.price % 2 < 1)].price', '$..book[?(@.price * 2 > 25)].price', '$..book[?(@.price + 1 > 13 && @.price - 1 < 22)].price', '$..book[?(@.price / 2 > 5)].price');
add('store', '$..book[?(@.title.match(/of/))].title', '$..book[?(@.title.match(/THE/i))].title', '$..book[?(/^S/.test(@.title))].title', '$..book[?(/rees$/i.test(@.author))].author');
add('store', "$..book[?(@.title.includes('of'))].title", "$..book[?(@.title.startsWith('The'))].title", "$..book[?(@.author.indexOf('R.') > 0)].author", '$..book[?(@.title.length > 15)].title');
add('store', "$..book[?(@.author.toLowerCase() == 'nigel rees')].price", "$..book[?(@.author.toUpperCase().endsWith('LE'))].title", "$..book[?(@.title.match(/(\\w+) of/)[1] == 'Sword')].title");
add('store', "$..book[?(['reference','x'].includes(@.category))].title", "$..book[?(typeof @.isbn === 'string')].title", "$..book[?(typeof @.isbn == 'undefined')].title", '$..book[?(@.isbn == undefined)].price');
add('store', '$..book[?(@property === 0)].title', '$..book[?(@property > 1)].title', "$..*[?(@property === 'price' && @ !== 8.95)]", "$..book.*[?(@property !== 'category')]", '$..book.*[?(@parentProperty !== 0)]');
add('store', "$.store.*[?(@parentProperty !== 'book')]", "$.store.book[?(@path !== \"$['store']['book'][0]\")].title", '$..book[?(@parent.bicycle && @parent.bicycle.color === "red")].category', '$..book[?(@.price === @root.store.book[2].price)].title');
add('store', "$..book.*[?(@property === 'category' && @.match(/TION$/i))]", '$..book.*[?(@property.match(/bn$/i))]^', '$..book[(@.length-1)].title', '$..book[(@.length-2)].title', "$.store[('bicycle')].color", "$.store.book[('length')]", "$.store[('*')].color");
add('store', '$.store.book[(0)].price', '$.store.book[(@.length)]', '$.store.bicycle[(@property)]', "$.store.book[?(@.price < 10)][title,price]", '$.store.book[?(@.price > 10)].price^.title', '$.store.book[?(@.isbn)]title', '$.store.book[?(@)]', '$.store.book[?(@ )].price');
add('store', '$.store[?(@.length)]', '$.store[?(@.length > 3)].length', '$..book[?(@.price.toString().length == 4)].price', '$..book[?(@["price"] < 9)].price', "$.store.book[?(@['price'] >= 8.99)].price", '$.store.book[?(@.price.x)]', '$.store.book[?(@.x.y)]');
add('store', '$..book[?(@.hasOwnProperty("isbn"))].price', '$..book[?(@.title.slice(0, 3) == "The")].price', '$..book[?(@.title.substring(6) == "ick")].price', '$..book[?(@.title.charAt(0) == "M")].price', '$..book[?(@.title.slice(-4).trim() == "Dick")].price');
add('users', "$.users[?(@.name == 'Bob')].id", "$.users[?(@.name=='ann@example.org')].id", '$.users[?(@.active)].id', '$.users[?(!@.active)].id', '$.users[?(@.active === null)].id', '$.users[?(@.active == null)].id', '$.users[?(@.active !== undefined)].id');
add('users', '$.users[?(@.id == 3)].at', '$.users[?(@.id === 3)].at', '$.users[?(@.id > 2)].id', "$.users[?(@.id > '2')].id", '$.users[?(@.id + 1 == 31)].id', '$.users[?(@.id + "" === "10")].id', '$.users[?(-@.id < -2)].id', '$.users[?(+@.id === 3)].id');
add('users', "$.users[?(@['first-name'] == 'Ann')].id", '$.users[?(@.first-name)].id', '$.users[?(@.tags.length)].id', '$.users[?(@.tags.length > 1)].id', "$.users[?(@.tags.includes('b'))].id", "$.users[?(@.tags.indexOf('b') == 0)].id", "$.users[?(@.tags[0] == 'a')].id");
add('users', "$.users[?(@.tags == 'a,b')].id", "$.users[?(@.tags == '')].id", '$.users[?(@.at.v == 1)].id', '$.users[?(@.at.v === 1)].id', '$.users[?(@.at)].id', '$.users[?(@.at == "[object Object]")].id', '$.users[?(@.name.trim().length == 3)].id', '$.users[?(@.name < "a")].id');
add('users', '$.users[?(@.id < @root.total)].id', '$.users[?(@.tags[?(@.t)])].id', "$.users[?(@.tags[?(@ == 'b')])].id", "$.users[?(@[?(@ == 'Bob')])].id", '$.users[?(@.nothing[?(@.x)])].id', "$.users[?(@.at[?(@property == 'v' && @ === true)])].id", '$.users[?(@.tags[?(@ == "b")] && @.id > 1)].id', '$.users[?(@.tags[(@.length-1)])].id');
add('users', '$.users[?(@.id)][?(@.length)]', '$.users.*.tags[?(@ != "b")]', '$.users[?(@.name.match(/[a-z]+/))].name', '$.users[?(@.name.match(/^[^ ]+$/))].name', '$.users[?(@.name.match(/\\x40/))].name', '$.users[?(@.name.match(/@/))].name', '$.users[?(@.id.match(/1/))].id', '$.users[?(/1/.test(@.id))].id');
add('users', "$.users[?(@.active == 'true')].id", '$.users[?(@.active == 1)].id', '$.users[?(@.active == 0)].id', '$.users[?(true)].id', '$.users[?(0)].id', '$.users[?(@.id > 1 == true)].id', '$.users[?(@.id == 1 || @.id == 2 && @.active)].id', '$.users[?((@.id == 1 || @.id == 2) && @.active)].id');
add('users', '$.users[?(@.name = 1)].id', '$.users[?(Math.max(@.id, 2) > 2)].id', '$.users[?(@.tags.some(t => t == "a"))].id', '$.users[?(@.id ** 2 > 5)].id', '$.users[?(x == 1)].id', '$.users[?(@.id > )].id', '$.users[?(@.id', '$.users[?(@.id > 1].id');
add('users', '$.users[?(@==1)]', '$.users[?(1 == @)]', "$.users[?(@.name == 'x(y)' && true)].id", "$.users[?(@.tags[(@.length-1)] == 'b')].id", "$.users[?(@.name == 'a)')].id", "$.users[?('(' == '(')].id", '$.users[?(@[@property])].id', '$.users[?(@.id.constructor)].id', '$.users[?(@.__proto__)].id');
add('mixed', '$[?(@ )]', '$[?(!(@ ))]', '$[?(@ > 0)]', '$[?(@ >= 0)]', '$[?(@ == 0)]', '$[?(@ == "")]', '$[?(@ == null)]', '$[?(@ === null)]', '$[?(@ == true)]', '$[?(@ == 1)]', '$[?(@ == "12")]', '$[?(@ == 12)]');
add('mixed', "$[?(typeof @ == 'string')]", "$[?(typeof @ == 'number')]", "$[?(typeof @ == 'object')]", "$[?(typeof @ == 'boolean')]", '$[?(@.k)]', '$[?(@ && @.k)]', '$[?(@ && @.length)]', '$[?(@ && @.length > 1)]', '$[?(@ && @.link)]', '$[?(@ && @.map)]');
add('mixed', "$[?(@ + '' == '1e+21')]", "$[?(@ + '' == '0.000001')]", "$[?(@ + '' == '1,2,3')]", '$[?(@ % 2 == 1)]', '$[?(@ * 1 == 12)]', '$[?(@ - 1 == 11)]', "$[?(@ < 'b')]", "$[?('b' < @ )]", '$[?(@ == @root[3])]', '$[?(@ === @root[3])]', '$[?(@ == @ )]', '$[?(@ != @ )]');
add('mixed', "$[?([1, 'x', null].includes(@ ))]", '$[?(@property % 2 == 0)]', '$[?(/^\\d+$/.test(@ ))]', "$[?(@ && @.toString() == '2.5')]", '$[?(@ == undefined)]', '$[?(@ === undefined)]', '$[?(@ / 0 == 1 / 0)]', '$[?(1e1 < @ )]', "$[?(@ == ' 12 ')]", "$[?(@ == '0x1')]");
add('texts', '$[?(/^a.b$/.test(@ ))]', '$[?(/^a\\.b$/.test(@ ))]', '$[?(/^[a-c]/.test(@ ))]', '$[?(/^[^a-z]/.test(@ ))]', '$[?(/\\bpie\\b/.test(@ ))]', '$[?(/^\\w+$/.test(@ ))]', '$[?(/\\W/.test(@ ))]', '$[?(/\\d{4}-\\d\\d/.test(@ ))]', '$[?(/x.y/.test(@ ))]', '$[?(/x.y/s.test(@ ))]');
add('texts', '$[?(/äpfel/i.test(@ ))]', '$[?(/äpfel/.test(@ ))]', '$[?(/STRASSE|straße/i.test(@ ))]', '$[?(/[^]/.test(@ ))]', '$[?(/[]/.test(@ ))]', '$[?(/^$/.test(@ ))]', '$[?(/^(?:a|b)/i.test(@ ))]', '$[?(/(?<y>\\d+)-(\\d+)/.test(@ ))]', '$[?(/p{2}/.test(@ ))]', '$[?(/\\s/.test(@ ))]', '$[?(/[\\w-]+$/.test(@ ))]');
add('texts', "$[?(@.match('an'))]", '$[?(@.match(/[an]/g).length)]', '$[?(@.match(/a/g) && @.match(/a/g).length == 3)]', '$[?(/a(?/.test(@ ))]', '$[?(/a**/.test(@ ))]', '$[?(/^#/.test(@ ))]', '$[?(/a{,2}b/.test(@ ))]', '$[?(/\\u0061pple/.test(@ ))]', '$[?(@.toLowerCase() == "äpfel")]', '$[?(@.length == 2)]', '$[?(@ == "#1 (one)")]');

// On purpose.
const beyond = 'JavaScript beyond the subset';
differ('users', '$.users[?(@.id > 1 ? true : false)].id', beyond, 'refused');
differ('users', '$.users[?(@.id & 1)].id', beyond, 'refused');
differ('users', '$.users[?(@.tags.join("-") == "a-b")].id', beyond, 'refused');
differ('users', '$.users[?(@["na" + "me"] == "Bob")].id', beyond, 'refused');
differ('users', '$.users[?(@.at?.v)].id', 'jsonpath-plus reads `?.` as `.`', 'refused');
differ('users', '$.users[?(@.active @.id)].id', 'jsonpath-plus takes the last of several expressions', 'refused');
differ('users', "$.users[?(@.name == 'x@.y' || true)].id", 'jsonpath-plus changes the text', 'refused');
differ('users', "$.users[?(@.name != 'x\\u0041')].id", 'jsonpath-plus does not decode the escape', 'refused');
differ('users', "$.users[?(@[('id')])].id", 'a computed name as a filter within a filter', 'refused');
differ('users', "$.users[?(!@.tags[?(@ == 'b')])].id", 'jsonpath-plus ignores what stands before the `@`', 'refused');
differ('texts', '$[?(/a(?=p)/.test(@ ))]', 'look-ahead is not possible in linear time', 'refused');
differ('texts', '$[?(/(?<!x)an/.test(@ ))]', 'look-behind is not possible in linear time', 'refused');
differ('texts', '$[?(/(p)\\1/.test(@ ))]', 'back-references are not possible in linear time', 'refused');
differ('texts', '$[?(/^a/m.test(@ ))]', 'the flag `m` knows other line ends than Rust', 'refused');
differ('texts', '$[?(/a/g.test(@ ))]', '`test` with the flag `g` depends on the element before', 'refused');
differ('texts', '$[?(/^.$/.test(@ ))]', 'an emoji is one character, not two UTF-16 units', ['😀']);
differ('texts', '$[?(/σίσυφοσ/i.test(@ ))]', 'two forms of a letter are known, not three', []);
differ('texts', "$[?(@.match(/(|a)*/)[0] == 'a')]", 'repetitions that prefer to match nothing', []);
differ('users', '$.users[?(@.id @ 1)].id', 'jsonpath-plus takes the last of several expressions', 'refused');
differ('users', '$.users[?(@.id == 1 && @.tags[?(@.t)])].id', 'jsonpath-plus takes `id == 1 && @.tags` for a name', 'refused');
differ('odd', "$.a['?(@.a)']", 'a name like an expression', 'refused');
differ('odd', '$.a["?(@.a)"]', 'a name like an expression', 'refused');
differ('store', '$@string()', 'a type as the first step never selects anything', 'refused');
differ('store', 'constructor', 'names of methods trip the cache of jsonpath-plus', []);
differ('store', "$..^[?(@path == '$')]~", 'where `^` follows `..`, jsonpath-plus loses the place', []);
differ('list', '$[(@root)]', 'a list as a name', 'refused');

function evaluate([document, path, differs, ours]) {
  const outcome = { document, path };
  try {
    // No wrapper at all is what a falsy document gives.
    outcome.hits = JSONPath({ path, json: documents[document] }) ?? [];
  } catch (error) {
    outcome.throws = error.message;
  }
  return differs ? { ...outcome, differs, ours } : outcome;
}

const lines = (list) => list.map((item) => `  ${item}`).join(',\n');
const named = Object.entries(documents).map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`);
const evaluated = cases.map((one) => JSON.stringify(evaluate(one)));
console.log(`{"documents": {\n${lines(named)}\n}, "cases": [\n${lines(evaluated)}\n]}`);
