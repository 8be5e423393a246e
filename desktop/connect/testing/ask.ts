/** Requests with Node's own client, which shows how an answer ends. */
import { type Agent, type IncomingMessage, request } from "node:http";

/** Sends and waits for the head of the answer. */
export function ask(
  url: string,
  options: { method?: string; headers?: Record<string, string>; agent?: Agent } = {},
) {
  const sent = request(url, options);
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    sent.on("response", resolve);
    sent.on("error", reject);
  });
  return { sent, answer };
}

export async function readAll(answer: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
