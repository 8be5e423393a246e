import { describe } from "vitest";
import { keepsSecrets } from "../testing/secret-store-contract.ts";
import { memorySecrets } from "./memory.ts";

describe("secrets in memory", () => keepsSecrets(async () => memorySecrets()));
