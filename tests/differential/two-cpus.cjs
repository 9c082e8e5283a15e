// Artillery has a worker thread for each processor but one, and a worker's share of a small load depends on how many there are. With two
// processors there is one worker, on every machine.
const os = require("node:os");
const cpus = os.cpus;
os.cpus = () => cpus().slice(0, 1).flatMap((cpu) => [cpu, cpu]);
os.availableParallelism = () => 2;
require("node:module").syncBuiltinESMExports();
