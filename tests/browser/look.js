// Looks at pages in headless Chromium, in each of the ways that a reader may, and says what it saw.
//
//     node look.js PAGE.html..                a line of JSON a page and view
//     SHOTS=FOLDER node look.js PAGE.html..   the same, and a picture of each for people to look at
//
// It judges nothing: that is the caller's.
"use strict";
const path = require("path");
const url = require("url");
const { axe, main, open, unfold } = require("./browser");

const shots = process.env.SHOTS;

const views = [
	{ name: "360-light", width: 360, scheme: "light", open: true },
	{ name: "360-dark", width: 360, scheme: "dark" },
	{ name: "768-light", width: 768, scheme: "light", open: true },
	{ name: "1280-light", width: 1280, scheme: "light", axe: true, click: true },
	{ name: "1280-dark", width: 1280, scheme: "dark", axe: true },
	{ name: "1920-light", width: 1920, scheme: "light" },
	{ name: "1920-dark", width: 1920, scheme: "dark" },
	{ name: "print", width: 794, scheme: "dark", media: "print" },
	{ name: "without-javascript", width: 1280, scheme: "light", still: true },
];

// Runs in the page.
function observe() {
	const root = document.documentElement;
	const ids = Array.from(document.querySelectorAll("[id]"), (element) => element.id);
	const seen = (element) => { const box = element.getBoundingClientRect(); return box.width > 0 && box.height > 0; };
	const drawn = (svg) => Array.from(svg.querySelectorAll("path, polygon, text, line, rect, use")).some(seen);
	const wide = Array.from(document.body.querySelectorAll("*:not(svg *)")).filter(function (element) {
		return !element.closest(".scroll > *") && element.getBoundingClientRect().right > root.clientWidth + 1;
	});
	// A dangling reference is a mark that is not drawn.
	const broken = Array.from(document.querySelectorAll("use")).filter(function (use) {
		const to = use.getAttribute("href") || use.getAttribute("xlink:href");
		return !to || !document.getElementById(to.slice(1));
	});
	return {
		overflow: root.scrollWidth - root.clientWidth,
		wide: wide.slice(0, 5).map((element) => element.outerHTML.slice(0, 120)),
		figures: Array.from(document.querySelectorAll("figure"), function (figure) {
			const svgs = Array.from(figure.querySelectorAll("svg"));
			return { svgs: svgs.length, seen: svgs.filter(seen).length, drawn: svgs.filter(seen).filter(drawn).length,
				 rows: figure.querySelectorAll("tbody tr").length };
		}),
		papers: Array.from(new Set(Array.from(document.querySelectorAll("figure svg > rect:first-of-type, figure svg > g > rect:first-of-type"),
			(rect) => getComputedStyle(rect).fill))),
		broken: broken.length,
		repeated: ids.filter((id, at) => ids.indexOf(id) !== at).slice(0, 5),
		scripts: document.querySelectorAll("script").length,
		handlers: Array.from(document.querySelectorAll("*")).filter((element) =>
			Array.from(element.attributes).some((attribute) => /^on/i.test(attribute.name))).length,
		foreign: Array.from(document.querySelectorAll("img, iframe, object, embed, form, input, video, audio, foreignObject, b, i"),
			(element) => element.outerHTML.slice(0, 120)),
		links: Array.from(document.querySelectorAll("a[href]"), (link) => link.getAttribute("href")),
		buttons: document.querySelectorAll("button").length,
		injected: window.injected === undefined ? null : String(window.injected),
		title: document.title,
		finding: document.querySelector(".finding").textContent,
		markdown: document.getElementById("markdown").textContent,
		background: getComputedStyle(root).backgroundColor,
	};
}

// Sorts a column of the first table twice, and returns its numbers each time, then by the names.
async function sort(page) {
	const table = page.locator("table").first();
	const column = await table.evaluate((element) =>
		Array.from(element.tHead.rows[0].cells).findIndex((cell) => cell.textContent === "Maximum"));
	const said = { numbers: [], states: [], names: [] };
	if (column < 0 || await table.locator("tbody tr").count() < 2)
		return said;
	for (let click = 0; click < 2; click++) {
		await table.locator("thead th").nth(column).locator("button").click();
		said.numbers.push(await table.evaluate((element, at) =>
			Array.from(element.tBodies[0].rows, (row) => row.cells[at].dataset.n), column));
		said.states.push(await table.locator("thead th").nth(column).getAttribute("aria-sort"));
	}
	await table.locator("thead th").first().locator("button").click();
	said.names = await table.evaluate((element) => Array.from(element.tBodies[0].rows, (row) => row.cells[0].textContent));
	return said;
}

async function look(browser, file, view) {
	const said = { page: file, view: view.name };
	const page = await open(browser, file, {
		viewport: { width: view.width, height: 900 }, colorScheme: view.scheme, javaScriptEnabled: !view.still,
		permissions: ["clipboard-read", "clipboard-write"],
	}, said);
	const address = url.pathToFileURL(path.resolve(file)).href;
	if (view.media)
		await page.emulateMedia({ media: view.media, colorScheme: view.scheme });
	Object.assign(said, await page.evaluate(observe));
	if (shots) {
		const name = path.basename(path.dirname(path.resolve(file))) + "-" + view.name;
		await page.screenshot({ path: path.join(shots, name + ".png"), fullPage: true });
		if (view.media)
			await page.pdf({ path: path.join(shots, name + ".pdf"), format: "A4" });
	}
	if (view.axe || view.open) {
		// Folded parts are looked at too.
		await unfold(page);
		said.opened = await page.evaluate(observe);
	}
	if (view.axe) {
		await page.evaluate(axe);
		// By the children of each drawing alone, which stand for all in them: axe compares each element with each that is named.
		const result = await page.evaluate(() => window.axe.run({ exclude: [["svg > *"]] }, { resultTypes: ["violations"] }));
		said.violations = result.violations.map((violation) => ({
			id: violation.id, help: violation.help, count: violation.nodes.length,
			nodes: violation.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)),
		}));
	}
	if (view.click) {
		said.sorted = await sort(page);
		await page.locator("button.copy").click();
		await page.locator("button.copy", { hasText: "Copied" }).waitFor();
		said.copied = await page.evaluate(() => navigator.clipboard.readText());
	}
	said.requests = said.requests.filter((request) => request !== address && !request.startsWith("data:"));
	await page.context().close();
	return said;
}

main(views, look);
