/** Firefox, where the system has it. */
import { missingPrograms } from "../../desktop/core/testing/system-program.ts";
import { FIREFOX, startFirefox } from "./firefox.ts";
import { describeMainPath } from "./main-path.ts";

describeMainPath("Firefox", missingPrograms({ [FIREFOX]: "firefox-esr" }), startFirefox);
