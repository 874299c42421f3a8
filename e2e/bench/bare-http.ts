/** The floor: what node:http does with no program behind it. `bare-http.ts <port>` */
import { createServer } from "node:http";

createServer((_request, response) => {
  response.writeHead(302, { location: "/cdn/x/128.webp", "cache-control": "public, max-age=86400" }).end();
}).listen(Number(process.argv[2]), () => console.log("ready"));
