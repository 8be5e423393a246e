/** The texts of the language in force, for every component of the API client. */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { english } from "./english.ts";
import type { RequestsTexts } from "./texts.ts";

export const RequestsTextsContext = createContext<RequestsTexts>(english);

export function useRequestsTexts(): RequestsTexts {
  return useContext(RequestsTextsContext);
}
