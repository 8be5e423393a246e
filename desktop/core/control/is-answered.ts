/** Whether somebody listens at the path of a socket. */
import { connect } from "node:net";

export function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", (error) => {
      // A full backlog is somebody, too.
      resolve("code" in error && (error.code === "EAGAIN" || error.code === "EACCES"));
    });
  });
}
