-- The hosted store of @avatar-sdk/mcp-server. Run it in the SQL editor of a Supabase project; running it again changes
-- nothing. Tables, columns and search_avatar_chunks are those of the original Avatar SDK, so that its corpora are read as
-- they are; what stands under "Beside the original" is ours.

create extension if not exists vector;

create table if not exists avatars (
  id text primary key,
  name text not null,
  description text not null default '',
  expertise text[] not null default '{}',
  birth_year integer,
  death_year integer,
  corpus_description text,
  corpus_date_start date,
  corpus_date_end date,
  system_prompt jsonb not null default '{}',
  embedding_model text default 'text-embedding-3-small',
  embedding_dimensions integer default 1536,
  chunk_size integer default 512,
  chunk_overlap integer default 50,
  is_active boolean default true,
  is_official boolean default false,
  created_at timestamptz default now(),
  updated_at timestamptz default now()
);

create table if not exists avatar_documents (
  id uuid primary key default gen_random_uuid(),
  avatar_id text not null references avatars (id) on delete cascade,
  title text not null,
  authors text[] not null default '{}',
  year integer,
  document_type text check (document_type in
    ('book', 'paper', 'speech', 'interview', 'article', 'letter', 'textbook', 'guide', 'lecture')),
  url text,
  archive_url text,
  doi text,
  verified boolean default false,
  verification_notes text,
  processed boolean default false,
  chunk_count integer default 0,
  created_at timestamptz default now(),
  updated_at timestamptz default now()
);

create table if not exists avatar_chunks (
  id uuid primary key default gen_random_uuid(),
  avatar_id text not null references avatars (id) on delete cascade,
  document_id uuid references avatar_documents (id) on delete cascade,
  content text not null,
  embedding vector(1536),
  source_title text not null,
  source_page integer,
  source_chapter text,
  source_year integer,
  metadata jsonb default '{}',
  chunk_index integer,
  created_at timestamptz default now()
);

-- One avatar's chunks are compared one by one: exact, and quick enough for tens of thousands.
create index if not exists avatar_chunks_avatar_id_idx on avatar_chunks (avatar_id);
create index if not exists avatar_chunks_document_idx on avatar_chunks (document_id, chunk_index);
create index if not exists avatar_documents_avatar_id_idx on avatar_documents (avatar_id);

drop function if exists search_avatar_chunks (text, vector, integer, double precision);
create function search_avatar_chunks (
  p_avatar_id text,
  p_query_embedding vector(1536),
  p_match_count integer default 5,
  p_match_threshold double precision default 0.7
) returns table (
  id uuid, content text, source_title text, source_page integer, source_year integer, similarity double precision
) language sql stable as $$
  select c.id, c.content, c.source_title, c.source_page, c.source_year, 1 - (c.embedding <=> p_query_embedding)
  from avatar_chunks c
  where c.avatar_id = p_avatar_id and c.embedding is not null
    and 1 - (c.embedding <=> p_query_embedding) > p_match_threshold
  order by c.embedding <=> p_query_embedding
  limit p_match_count
$$;

-- Beside the original: what is known of a document, and the index, in parts of less than a megabyte.

alter table avatar_documents add column if not exists metadata jsonb not null default '{}';

create table if not exists avatar_derived (
  avatar_id text not null references avatars (id) on delete cascade,
  name text not null,
  version text not null,
  part integer not null,
  parts integer not null,
  published boolean not null default false,
  data text not null,
  created_at timestamptz not null default now(),
  primary key (avatar_id, name, version, part)
);

-- Puts a document with all its chunks in place of what was there under its name, in one step.
create or replace function replace_avatar_document (p_avatar_id text, p_document jsonb, p_chunks jsonb)
returns void language plpgsql as $$
declare
  source_id text := p_document -> 'metadata' ->> 'source_id';
  found_id uuid;
begin
  perform 1 from avatars where id = p_avatar_id for update;
  select d.id into found_id from avatar_documents d
  where d.avatar_id = p_avatar_id and d.metadata ->> 'source_id' = source_id;
  if found_id is null then
    insert into avatar_documents (avatar_id, title, created_at) values (p_avatar_id, '', clock_timestamp())
    returning avatar_documents.id into found_id;
  end if;
  update avatar_documents d set
    title = p_document ->> 'title',
    authors = array(select jsonb_array_elements_text(p_document -> 'authors')),
    year = (p_document ->> 'year')::integer,
    document_type = p_document ->> 'document_type',
    url = p_document ->> 'url',
    processed = (p_document ->> 'processed')::boolean,
    chunk_count = jsonb_array_length(p_chunks),
    metadata = p_document -> 'metadata',
    updated_at = clock_timestamp()
  where d.id = found_id;
  delete from avatar_chunks c where c.document_id = found_id;
  insert into avatar_chunks
    (avatar_id, document_id, content, source_title, source_page, source_chapter, source_year, metadata, chunk_index)
  select p_avatar_id, found_id, r.content, p_document ->> 'title', r.source_page, r.source_chapter,
    (p_document ->> 'year')::integer, r.metadata, r.chunk_index
  from jsonb_to_recordset(p_chunks)
    as r (content text, source_page integer, source_chapter text, metadata jsonb, chunk_index integer);
  delete from avatar_derived v where v.avatar_id = p_avatar_id
    and v.name in ('vectors-' || source_id, 'lead-vectors-' || source_id);
  update avatars set updated_at = clock_timestamp() where id = p_avatar_id;
end
$$;

create or replace function remove_avatar_document (p_avatar_id text, p_document_id text)
returns void language plpgsql as $$
begin
  delete from avatar_documents d where d.avatar_id = p_avatar_id
    and (d.metadata ->> 'source_id' = p_document_id or d.id::text = p_document_id);
  delete from avatar_derived v where v.avatar_id = p_avatar_id
    and v.name in ('vectors-' || p_document_id, 'lead-vectors-' || p_document_id);
  update avatars set updated_at = clock_timestamp() where id = p_avatar_id;
end
$$;

-- Names the version of derived data that counts from now on; without one, there is none.
create or replace function publish_avatar_derived (p_avatar_id text, p_name text, p_version text)
returns void language plpgsql as $$
begin
  delete from avatar_derived v where v.avatar_id = p_avatar_id and v.name = p_name
    and v.version is distinct from p_version;
  update avatar_derived v set published = true where v.avatar_id = p_avatar_id and v.name = p_name;
  update avatars set updated_at = clock_timestamp() where id = p_avatar_id;
end
$$;

-- Who holds the anon key reads what is official and active. Writing is for the service key, which passes these by.

alter table avatars enable row level security;
alter table avatar_documents enable row level security;
alter table avatar_chunks enable row level security;
alter table avatar_derived enable row level security;

drop policy if exists avatars_public on avatars;
create policy avatars_public on avatars for select using (is_official and is_active);
drop policy if exists avatar_documents_public on avatar_documents;
create policy avatar_documents_public on avatar_documents for select
  using (exists (select 1 from avatars a where a.id = avatar_id and a.is_official and a.is_active));
drop policy if exists avatar_chunks_public on avatar_chunks;
create policy avatar_chunks_public on avatar_chunks for select
  using (exists (select 1 from avatars a where a.id = avatar_id and a.is_official and a.is_active));
drop policy if exists avatar_derived_public on avatar_derived;
create policy avatar_derived_public on avatar_derived for select
  using (published and exists (select 1 from avatars a where a.id = avatar_id and a.is_official and a.is_active));

grant select on avatars, avatar_documents, avatar_chunks, avatar_derived to anon, authenticated;
grant all on avatars, avatar_documents, avatar_chunks, avatar_derived to service_role;
revoke execute on function replace_avatar_document, remove_avatar_document, publish_avatar_derived from public;
revoke execute on function replace_avatar_document, remove_avatar_document, publish_avatar_derived from anon, authenticated;
grant execute on function replace_avatar_document, remove_avatar_document, publish_avatar_derived to service_role;
