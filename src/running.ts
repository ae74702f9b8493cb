/** Something that was started and has to be stopped: in order, its own work ended first. */
export interface Running {
  stop(): Promise<void>;
}
