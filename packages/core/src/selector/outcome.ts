/**
 * How a call to a node ended, as far as the node is concerned. Only `transport` and `overload` speak against it: an error
 * that the service meant to give is the work of a healthy node.
 */
export type Outcome = 'success' | 'failure' | 'transport' | 'overload' | 'cancelled';
