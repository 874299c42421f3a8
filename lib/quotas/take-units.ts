/**
 * The atomic decision, one statement for many requests: lock the counters, see what is left, grant in order of
 * arrival, write one AvatarRequest row for each grant, and add to the counters exactly what was written.
 *
 * $1…$13 are arrays with one entry a request (see meter.ts), $14 the period, $15 whether it is all or nothing.
 * One row a request comes back, in order. Counters are locked in one order everywhere, so processes cannot
 * deadlock; a counter's value is read after its lock was had, so a limit of N grants exactly N.
 */
export const TAKE_UNITS = `
with asked as (
  select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
    $9::smallint[], $10::text[], $11::text[], $12::text[], $13::timestamptz[]) with ordinality as request (
    id, organization_id, key_id, connection_id, user_id, channel, tool, username,
    size, client, origin_domain, idempotency_key, created_at, n)
), counters as (
  select organization_id, metric, used from quota_counter
  where organization_id in (select organization_id from asked) and period = $14::date
    and metric in ('avatar_requests', 'avatar_new_profiles')
  order by organization_id, metric for update
), room as (
  select r.organization_id, r.used, r_limit."limit",
    coalesce(r_limit."limit" - r.used, 9e18) as requests, coalesce(p_limit."limit" - p.used, 9e18) as new_profiles
  from counters r
  join counters p on p.organization_id = r.organization_id and p.metric = 'avatar_new_profiles'
  left join quota r_limit on r_limit.organization_id = r.organization_id and r_limit.metric = 'avatar_requests'
  left join quota p_limit on p_limit.organization_id = r.organization_id and p_limit.metric = 'avatar_new_profiles'
  where r.metric = 'avatar_requests'
), replayed as (
  select asked.n, json_build_object('username', past.username, 'size', past.size, 'tool', past.tool) as request
  from asked join avatar_request past using (organization_id, idempotency_key)
), unseen as (
  select organization_id, username, min(n) as first_n,
    row_number() over (partition by organization_id order by min(n)) as place
  from asked
  where n not in (select n from replayed) and not exists (
    select from organization_profile seen
    where seen.organization_id = asked.organization_id and seen.username = asked.username)
  group by organization_id, username
), payable as (
  select asked.*, unseen.first_n, room.requests,
    row_number() over (partition by organization_id order by n) as place
  from asked join room using (organization_id) left join unseen using (organization_id, username)
  where n not in (select n from replayed) and (unseen.place is null or unseen.place <= room.new_profiles)
), granted as (
  select * from payable
  where place <= requests and (not $15::boolean or (
    select count(*) from payable where place <= requests
  ) = (select count(*) from asked) - (select count(*) from replayed))
), met as (
  insert into organization_profile (organization_id, username, first_seen_at)
  select organization_id, username, created_at from granted where n = first_n
  on conflict do nothing
  returning organization_id, username
), written as (
  insert into avatar_request (organization_id, id, key_id, connection_id, user_id, channel, tool, username, size,
    outcome, units, new_profile, client, origin_domain, idempotency_key, created_at)
  select organization_id, id, key_id, connection_id, user_id, channel, tool, username, size,
    'pending', 1, met.username is not null and n = first_n, client, origin_domain, idempotency_key, created_at
  from granted left join met using (organization_id, username)
  on conflict do nothing
  returning organization_id, id, new_profile
), spent as (
  select organization_id, count(*) as requests, count(*) filter (where new_profile) as new_profiles
  from written group by organization_id
), counted as (
  update quota_counter counter
  set used = counter.used + case counter.metric when 'avatar_requests' then spent.requests else spent.new_profiles end
  from spent
  where counter.organization_id = spent.organization_id and counter.period = $14::date
    and (counter.metric = 'avatar_requests' or (counter.metric = 'avatar_new_profiles' and spent.new_profiles > 0))
)
select written.id is not null as "written", coalesce(written.new_profile, false) as "newProfile",
  granted.n is not null as "granted", room.organization_id is not null as "counted",
  coalesce(unseen.place > room.new_profiles, false) as "lacksNewProfile",
  replayed.request as "replays",
  room."limit", case when room."limit" is not null then
    greatest(room."limit" - room.used - coalesce(spent.requests, 0), 0) end as "remaining"
from asked
left join room using (organization_id)
left join replayed on replayed.n = asked.n
left join unseen using (organization_id, username)
left join granted on granted.n = asked.n
left join written on written.organization_id = asked.organization_id and written.id = asked.id
left join spent on spent.organization_id = asked.organization_id
order by asked.n`;
