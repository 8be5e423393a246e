/**
 * The routes of encrypted offers that this instance knows, as the other instances find them: those on offer, and those
 * remembered as gone. A route has one node among all instances: before it is confirmed, whoever else knows it is asked
 * and gives it up, unless another node has it or its code was shown.
 */
import { isFields } from "#shared/protocol/json-fields.ts";
import type { Cluster, Held } from "../cluster/cluster.ts";
import { ClusterError } from "../cluster/cluster-error.ts";
import type { RouteRefusal, Routes, RouteWatch } from "../v2/routes.ts";
import type { ServeHandedOver } from "./node-places.ts";
import { nodeKey, routeKey, wantOf } from "./place-keys.ts";

export class RoutePlaces implements RouteWatch {
  private readonly cluster: Cluster;
  private readonly routes: Routes;
  private readonly serve: ServeHandedOver;
  private readonly expose: (route: string) => boolean;
  private readonly held = new Map<string, Held>();

  constructor(options: {
    cluster: Cluster;
    routes: Routes;
    serve: ServeHandedOver;
    /** Ends the offer of a route whose code was shown. False when there was none. */
    expose: (route: string) => boolean;
  }) {
    this.cluster = options.cluster;
    this.routes = options.routes;
    this.serve = options.serve;
    this.expose = options.expose;
    options.routes.watch(this);
  }

  known(route: string): void {
    const held = this.cluster.hold(routeKey(route), {
      answer: (question) => this.answer(route, question),
      accept: this.serve,
    });
    this.held.set(route, held);
  }

  forgotten(route: string): void {
    this.held.get(route)?.release();
    this.held.delete(route);
  }

  /** Makes a route that was just taken here known to be `nodeId`'s; it is withdrawn when it is not. Why not, when not. */
  async settle(nodeId: string, route: string): Promise<RouteRefusal | undefined> {
    await this.held.get(route)?.known;
    const refusal = await this.askOthers(nodeId, route);
    if (refusal !== undefined) this.routes.withdraw(nodeId, route);
    return refusal;
  }

  /** Ends the offer of a route elsewhere whose code was shown here. False when nobody had it. */
  async exposeElsewhere(route: string): Promise<boolean> {
    const answer = await this.cluster.ask(routeKey(route), { want: "expose" });
    return isFields(answer) && answer.exposed === true;
  }

  private async askOthers(nodeId: string, route: string): Promise<RouteRefusal | undefined> {
    try {
      const answer = await this.cluster.ask(routeKey(route), { want: "move", node: nodeKey(nodeId) });
      const refusal = isFields(answer) ? answer.refusal : undefined;
      return refusal === "route_taken" || refusal === "offer_gone" ? refusal : undefined;
    } catch (error) {
      if (!(error instanceof ClusterError)) throw error;
      // A relay whose bus is away serves those that it has.
      return undefined;
    }
  }

  private answer(route: string, question: unknown): object | undefined {
    const want = wantOf(question);
    if (want === "expose") return { exposed: this.expose(route) };
    if (want !== "move" || !isFields(question)) return undefined;
    const refusal = this.routes.giveUp(route, (nodeId) => nodeKey(nodeId) === question.node);
    return refusal === undefined ? {} : { refusal };
  }
}
