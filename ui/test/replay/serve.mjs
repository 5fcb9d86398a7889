// npm run replay -- [scenario] [port]: the page with a made-up platform behind it.
import { replay } from './server.mjs';

const [scenario = 'busy', port = '4180'] = process.argv.slice(2);
const server = await replay({ port: Number(port), scenario });
console.log(`${server.url} replays '${scenario}'`);
