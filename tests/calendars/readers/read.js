// The events of a calendar (a file) as two libraries read them: {library: {uid: [start, end]}}, in UTC.
import { readFileSync } from "node:fs";
import ICAL from "ical.js";
import nodeIcal from "node-ical";

const text = readFileSync(process.argv[2], "utf-8");
const told = { "ical.js": {}, "node-ical": {} };

for (const calendar of [new ICAL.Component(ICAL.parse(text))]) {
  for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
  for (const component of calendar.getAllSubcomponents("vevent")) {
    const event = new ICAL.Event(component);
    told["ical.js"][event.uid] = [event.startDate, event.endDate].map((time) => time.toJSDate().toISOString());
  }
}
for (const event of Object.values(nodeIcal.sync.parseICS(text))) {
  if (event.type === "VEVENT") told["node-ical"][event.uid] = [event.start, event.end].map((time) => time.toISOString());
}
process.stdout.write(JSON.stringify(told));
