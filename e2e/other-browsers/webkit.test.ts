/** WebKit, as WebKitGTK brings it, where the system has it. */
import { missingPrograms } from "../../desktop/core/testing/system-program.ts";
import { describeMainPath } from "./main-path.ts";
import { startWebKit, WEBKIT_PROGRAMS } from "./webkit.ts";

describeMainPath("WebKit", missingPrograms(WEBKIT_PROGRAMS), startWebKit);
