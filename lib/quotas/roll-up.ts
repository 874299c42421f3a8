/** What a statement that completes AvatarRequest rows `r` returns of each, for ROLL_UP. */
export const COMPLETED = `r.organization_id, r.created_at, r.channel, r.outcome, r.key_id, r.connection_id, r.client, r.units,
  r.new_profile, r.latency_ms`;

/**
 * Ends a statement whose CTE `completed` returns COMPLETED: counts those rows for the charts (lib/analytics). It is the
 * same statement, so rollups and rows agree at every moment, and a row is completed, hence counted, once.
 */
export const ROLL_UP = `
select roll_up_avatar_requests_v1(array_agg(organization_id), array_agg(created_at), array_agg(channel), array_agg(outcome),
  array_agg(key_id), array_agg(connection_id), array_agg(client), array_agg(units), array_agg(new_profile),
  array_agg(latency_ms)) from completed`;
