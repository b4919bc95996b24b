// The customer pages do everything without this; it saves a page load between them, and makes days into a strip.
import { start as days } from "./customer/days.js";
import { start as pages } from "./customer/pages.js";
import { start as seen } from "./customer/seen.js";
import { start as menu } from "./menu.js";

menu();
seen();
days();
pages(days);
