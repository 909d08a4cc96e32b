// The vendor's own SDK from npm, unmodified: reads one JSON object from stdin, prints one. Imports nothing of the server.
//
// In: `base_url`, `key`, `video`, `voice` (paths), `video_url`, `voice_url`, `file` (where the result goes).
const fs = require("node:fs");
const { SyncClient } = require("@sync.so/sdk");

const given = JSON.parse(fs.readFileSync(0, "utf8"));

async function refused(call) {
  try {
    await call();
  } catch (error) {
    return [error.statusCode, error.body];
  }
  return null;
}

async function ended(read, id) {
  for (let tries = 0; tries < 1000; tries += 1) {
    const found = await read(id);
    if (found.status === "COMPLETED") return found;
    if (!["PENDING", "JOBS_CREATED", "PROCESSING"].includes(found.status)) throw new Error(JSON.stringify(found));
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error(`${id} did not end`);
}

async function main() {
  const client = new SyncClient({ apiKey: given.key, baseUrl: given.base_url });
  const stranger = new SyncClient({ apiKey: "sk-of_somebody_else", baseUrl: given.base_url });
  const video = { type: "video", url: given.video_url };
  const audio = { type: "audio", url: given.voice_url };
  const take = { model: "lipsync-2", input: [video, audio], options: { sync_mode: "cut_off" } };
  const cost = await client.generations.estimateCost(take);
  const created = await client.generations.create(take);
  const sent = await client.generations.createWithFiles(undefined, fs.createReadStream(given.voice), {
    model: "lipsync-1.9.0-beta",
    input: [video],
    options: { sync_mode: "cut_off" },
  });
  const line = { request_id: "one", endpoint: "/v2/generate", payload: take };
  const form = () => new File([`${JSON.stringify(line)}\n`], "input.jsonl");
  const rehearsed = await client.batch.create(form(), { dry_run: true });
  const begun = await client.batch.create(form(), {});
  const made = await ended((id) => client.generations.get(id), created.id);
  const uploaded = await ended((id) => client.generations.get(id), sent.id);
  const batch = await ended((id) => client.batch.get(id), begun.id);
  const results = await (await fetch(batch.outputUrl)).text();
  const answer = await fetch(made.outputUrl);
  fs.writeFileSync(given.file, Buffer.from(await answer.arrayBuffer()));
  const listed = await client.generations.list({ status: ["COMPLETED"], ids: [made.id, uploaded.id] });
  const errors = {
    unknown: await refused(() => client.generations.get(`job_${"0".repeat(26)}`)),
    "a stranger's key": await refused(() => stranger.models.list()),
    "no voice": await refused(() => client.generations.create({ ...take, input: [video] })),
  };
  console.log(
    JSON.stringify({
      cost,
      created,
      rehearsed,
      batch,
      results: results.trim().split("\n").map((one) => JSON.parse(one)),
      made,
      uploaded,
      errors,
      listed: listed.map((one) => one.id),
      models: (await client.models.list()).map((one) => one.id),
      assets: (await client.assets.list({ limit: 5, types: ["AUDIO"] })).items,
      batches: (await client.batch.list()).map((one) => one.id),
    }),
  );
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
