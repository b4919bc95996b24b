// The console's entry: each module finds its own elements on the page and does nothing where there are none.
import * as editor from "./editor.js";
import * as live from "./live.js";
import * as menu from "./menu.js";
import * as notify from "./notify.js";
import * as progress from "./progress.js";

editor.start();
live.start();
menu.start();
notify.start();
progress.start();
