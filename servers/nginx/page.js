// The response for page N, in nginx's own JavaScript (njs).
function number_page(r) {
    const number = Number(r.uri.slice(1));
    if (number > 0xffffffff) {
        r.return(404);
        return;
    }
    // A linear congruential generator of full period: the links visit all 2^32 pages.
    const link = (Math.imul(1664525, number) + 1013904223) >>> 0;
    r.headersOut['Content-Type'] = 'text/html';
    r.return(200, `<a href="/${link}">${link}</a>\n`);
}

export default { number_page };
