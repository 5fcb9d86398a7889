/** Pipelines that work over the demo's Sources. */
export const EXAMPLES: { title: string; text: string }[] = [
  {
    title: 'Films that are alive, with their directors, into a table',
    text: `apiVersion: backlot/v1
kind: Pipeline
name: example
on_error: dead_letter
steps:
  - {id: movies, source: studio.public.movie}
  - id: active
    processor: filter
    from: movies
    config: {where: "phase <> 'CANCELLED'"}
  - id: enriched
    processor: graphql_enrichment
    from: active
    config:
      endpoint: studio_edge
      query: |
        query ($ids: [ID!]!) {
          movies(ids: $ids) {
            id
            director { name }
          }
        }
      variables: {ids: movie_id}
      match: {id: movie_id}
      take: {director_name: director.name}
  - id: warehouse
    sink: iceberg
    from: enriched
    config: {table: studio.example_movies}
`,
  },
  {
    title: 'Contracts in other words, into a table',
    text: `apiVersion: backlot/v1
kind: Pipeline
name: example
steps:
  - {id: deals, source: studio.public.deal}
  - id: desk
    processor: projection
    from: deals
    config: {fields: [deal_id, movie_id, status, fee, currency]}
  - id: worded
    processor: rename
    from: desk
    config: {fields: {status: deal_status, fee: fee_amount}}
  - id: warehouse
    sink: iceberg
    from: worded
    config: {table: studio.example_deals}
`,
  },
];
