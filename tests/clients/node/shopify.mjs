// A session of Shopify's own client: each step's answer is printed as one line of JSON.
import { createGraphQLClient } from "@shopify/graphql-client";

const [address, token] = process.argv.slice(2);

const client = createGraphQLClient({
  url: `${address}/admin/api/2026-10/graphql.json`,
  headers: { "Content-Type": "application/json", "X-Shopify-Access-Token": token },
  retries: 1,
});

async function step(name, document, variables) {
  const { data, errors, extensions } = await client.request(document, { variables });
  console.log(JSON.stringify({ name, data, errors, extensions }));
  return data;
}

const PRODUCTS = `query Products($first: Int!, $after: String, $query: String) {
  products(first: $first, after: $after, query: $query) {
    nodes { id handle tags }
    pageInfo { hasNextPage endCursor }
  }
}`;

const first = await step("products", PRODUCTS, { first: 3, query: "tag:S226" });
if (first) {
  const after = first.products.pageInfo.endCursor;
  await step("next page", PRODUCTS, { first: 3, after, query: "tag:S226" });
  await step("unknown search field", PRODUCTS, { first: 1, query: "colour:red" });

  await step(
    "definition",
    `mutation Define($definition: MetafieldDefinitionInput!) {
      metafieldDefinitionCreate(definition: $definition) {
        createdDefinition { id namespace key type { name } }
        userErrors { field message code }
      }
    }`,
    {
      definition: {
        name: "Fit",
        namespace: "node",
        key: "fit",
        type: "single_line_text_field",
        ownerType: "PRODUCT",
        validations: [{ name: "choices", value: JSON.stringify(["Slim", "Wide"]) }],
      },
    },
  );

  const SET = `mutation Set($metafields: [MetafieldsSetInput!]!) {
    metafieldsSet(metafields: $metafields) {
      metafields { value compareDigest }
      userErrors { field message code }
    }
  }`;
  const row = { ownerId: first.products.nodes[0].id, namespace: "node", key: "fit" };
  await step("set", SET, { metafields: [{ ...row, value: "Slim", compareDigest: null }] });
  await step("no choice", SET, { metafields: [{ ...row, value: "Baggy" }] });
  await step("made meanwhile", SET, { metafields: [{ ...row, value: "Wide", compareDigest: null }] });

  await step(
    "collection",
    `mutation Collect($collection: CollectionCreateInput!) {
      collectionCreate(collection: $collection) {
        collection { handle sources { title } }
        userErrors { field message }
      }
    }`,
    {
      collection: {
        title: "By Node",
        sources: [
          {
            source: {
              title: "Dresses",
              inclusion: {
                matchType: "ALL",
                conditions: [
                  { productType: { relation: "EQUALS", matchType: "ANY", values: ["Dresses"] } },
                ],
              },
            },
          },
        ],
      },
    },
  );
  await step("no such field", "{ shop { colour } }");
  await step("a number in letters", PRODUCTS, { first: "3" });
}
