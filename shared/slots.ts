/**
 * A list whose members come and go all the time, each with a number of its place. It is for what a Map or Set would do to
 * V8's collector: their tables are replaced after a few dozen changes, the dead one refers to the next and to everything
 * that was in it, and once one of them is old, all of that is taken for alive and moved with it, until the heap is full.
 * A program that answers requests then spends up to twice the time. Here what has left is let go of at once.
 */

export class Slots<Member> {
  private readonly members: (Member | undefined)[] = [];
  /** Places that somebody has left. */
  private readonly free: number[] = [];

  get size(): number {
    return this.members.length - this.free.length;
  }

  /** Returns the member's place, which is its own until it is deleted. */
  add(member: Member): number {
    const place = this.free.pop() ?? this.members.length;
    this.members[place] = member;
    return place;
  }

  at(place: number): Member | undefined {
    return this.members[place];
  }

  /** Does nothing, and says so, when nobody has that place. */
  delete(place: number): boolean {
    if (this.members[place] === undefined) return false;
    this.members[place] = undefined;
    this.free.push(place);
    return true;
  }

  /** Those that are here now, in no order: what comes and goes meanwhile does not disturb whoever walks through them. */
  all(): Member[] {
    return this.members.filter((member) => member !== undefined);
  }
}
