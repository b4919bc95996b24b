// The console's entry: each module finds its own elements on the page and does nothing where there are none.
import * as editor from "./editor.js";
import * as copy from "./copy.js";
import * as keys from "./keys.js";
import * as live from "./live.js";
import * as menu from "./menu.js";
import * as notify from "./notify.js";
import * as progress from "./progress.js";
import * as submit from "./submit.js";
import * as settings from "./settings.js";

editor.start();
copy.start();
keys.start();
live.start();
menu.start();
notify.start();
progress.start();
submit.start();
settings.start();
