// The vendor's own SDK from npm, unmodified: reads one JSON object from stdin, prints one. Imports nothing of the server.
//
// In: `base_url`, `key`, `folder`, `video`, `voice` (paths).
process.env.MAGIC_HOUR_POLL_INTERVAL = "0.3";
const fs = require("node:fs");
const { default: Client } = require("magic-hour");

const given = JSON.parse(fs.readFileSync(0, "utf8"));

async function refused(call) {
  try {
    await call();
  } catch (error) {
    return [error.response.status, await error.response.json()];
  }
  return null;
}

async function main() {
  const { v1 } = new Client({ token: given.key, baseUrl: given.base_url });
  const stranger = new Client({ token: "mhk_live_of_somebody_else", baseUrl: given.base_url });
  const assets = { audioFilePath: given.voice, videoFilePath: given.video, videoSource: "file" };
  const made = await v1.lipSync.generate(
    { assets, startSeconds: 0, endSeconds: 0.5, style: { generationMode: "standard" } },
    { waitForCompletion: true, downloadOutputs: true, downloadDirectory: given.folder },
  );
  const shown = await v1.videoProjects.get({ id: made.id });
  await v1.videoProjects.delete({ id: made.id });
  const errors = {
    deleted: await refused(() => v1.videoProjects.get({ id: made.id })),
    "a stranger's key": await refused(() => stranger.v1.videoProjects.get({ id: made.id })),
    "never uploaded": await refused(() => v1.lipSync.create({ assets, startSeconds: 0, endSeconds: 1 })),
  };
  console.log(JSON.stringify({ made, shown, errors }));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
