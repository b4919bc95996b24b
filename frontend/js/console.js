// The console's entry: each module finds its own elements on the page and does nothing where there are none.
import * as live from "./live.js";
import * as menu from "./menu.js";
import * as notify from "./notify.js";
import * as progress from "./progress.js";

live.start();
menu.start();
notify.start();
progress.start();
