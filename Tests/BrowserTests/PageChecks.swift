import Foundation
import Terminal
import Testing

/// What every page must be, as the browser has drawn it.
enum PageChecks {
    /// One sentence for each thing that is wrong on the page that is open.
    static func faults(_ browser: WebBrowser) throws -> [String] {
        guard case .array(let found) = try browser.run(script) else { return ["no answer"] }
        return found.compactMap { fault in
            if case .string(let text) = fault { text } else { nil }
        }
    }

    static func check(
        _ browser: WebBrowser,
        _ page: String,
        at location: SourceLocation = #_sourceLocation
    ) throws {
        for fault in try faults(browser) {
            Issue.record("\(page): \(fault)", sourceLocation: location)
        }
    }

    /// One sentence for each control that is cut off or lies on another, and for a page that is wider than
    /// its screen.
    static func crowding(_ browser: WebBrowser) throws -> [String] {
        guard case .array(let found) = try browser.run(crowdingScript) else { return ["no answer"] }
        return found.map { fault in
            if case .string(let text) = fault { text } else { "?" }
        }
    }

    private static let crowdingScript = """
        const faults = [];
        const tell = (words, one) => faults.push(`${words}: ${one.outerHTML.slice(0, 140)}`);
        const shown = [...document.querySelectorAll('a[href],button,summary,input,select,textarea,label,h1,h2')]
            .filter((one) => one.type !== 'hidden' && !one.matches('.skip,.pill input')
                && one.checkVisibility({ opacityProperty: true, visibilityProperty: true }));
        for (const one of shown) {
            const box = one.getBoundingClientRect();
            if (one.matches('input,textarea,select') || box.width <= 1) continue;
            if (getComputedStyle(one).display === 'inline') continue;
            if (one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0
                || one.scrollHeight > one.clientHeight + 2 && one.clientHeight > 0) {
                const size = (wide, high) => `${wide}x${high}`;
                tell(`cut off, ${size(one.scrollWidth, one.scrollHeight)} in ${size(one.clientWidth, one.clientHeight)}`,
                    one);
            }
            if (box.right > innerWidth + 1 && !one.closest('.scroll,nav')) tell('beyond the edge', one);
        }
        // What sticks to the foot of the screen lies on whatever is behind it, which scrolls.
        const still = shown.filter((one) => !one.closest('.do,#kept,#unkept') && !one.matches('label,h1,h2'));
        for (const [place, one] of still.entries()) {
            const a = one.getBoundingClientRect();
            for (const other of still.slice(place + 1)) {
                if (one.contains(other) || other.contains(one)) continue;
                const b = other.getBoundingClientRect();
                const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
                const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
                if (wide > 2 && high > 2) tell(`lies on ${other.outerHTML.slice(0, 80)}`, one);
            }
        }
        if (document.documentElement.scrollWidth > Math.min(innerWidth, screen.width) + 1) {
            const wide = [...document.querySelectorAll('main *')].findLast(
                (one) => one.getBoundingClientRect().right > innerWidth + 1);
            faults.push(`wider than the screen: ${document.documentElement.scrollWidth}`
                + (wide ? `: ${wide.outerHTML.slice(0, 140)}` : ''));
        }
        return faults;
        """

    /// Bytes that a page may weigh with everything on first load, as they come over the line.
    static let pageBytesMax = 60_000

    /// From here on the browser loads each page as for the first time, with nothing at hand.
    static func forgetPages(_ browser: WebBrowser) throws {
        _ = try browser.command("Network.enable", [:])
        _ = try browser.command("Network.setBypassServiceWorker", ["bypass": true])
        _ = try browser.command("Network.setCacheDisabled", ["cacheDisabled": true])
    }

    /// Addresses of other hosts that the page has asked for, and the bytes of everything that it is made
    /// of as they came over the line; see ``forgetPages(_:)``.
    static func traffic(_ browser: WebBrowser) throws -> (foreign: [String], bytes: Int64) {
        let found = try browser.run(
            """
            const all = [...performance.getEntriesByType('resource'),
                ...performance.getEntriesByType('navigation')];
            const foreign = all.map((one) => one.name)
                .filter((name) => !name.startsWith(location.origin) && !name.startsWith('data:'));
            // What the phone takes along for later is no part of the page.
            const own = all.filter((one) => one.initiatorType !== 'fetch');
            return [foreign, own.reduce((sum, one) => sum + one.encodedBodySize, 0)];
            """
        )
        guard case .array(let parts) = found, case .array(let foreign) = parts.first,
            case .integer(let bytes) = parts.last
        else { return (["no answer"], 0) }
        return (foreign.map { "\($0)" }, bytes)
    }

    /// Writes a line beside the pictures, for whoever looks at them.
    static func note(_ line: String) throws {
        guard let folder = ProcessInfo.processInfo.environment["DOORSTEP_SCREENSHOTS"] else {
            return
        }
        let file = URL(fileURLWithPath: folder).appendingPathComponent("bytes.txt")
        let old = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        try (old + line + "\n").write(to: file, atomically: true, encoding: .utf8)
    }

    /// Whether the environment names a folder for pictures.
    static var hasFolder: Bool {
        ProcessInfo.processInfo.environment["DOORSTEP_SCREENSHOTS"] != nil
    }

    /// Writes a picture of the page where the environment names a folder for somebody to look at.
    static func picture(_ browser: WebBrowser, _ name: String) throws {
        guard let folder = ProcessInfo.processInfo.environment["DOORSTEP_SCREENSHOTS"] else {
            return
        }
        let url = URL(fileURLWithPath: folder, isDirectory: true)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        try browser.picture().write(to: url.appendingPathComponent("\(name).png"))
    }

    private static let script = """
        const faults = [];
        const tell = (words, element) => faults.push(
            words + (element ? ': ' + element.outerHTML.slice(0, 120) : ''));
        const isShown = (element) => {
            if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return false;
            const box = element.getBoundingClientRect();
            return box.width > 1 && box.height > 1 && box.right > 0 && box.bottom > 0;
        };
        if (!['vi', 'en'].includes(document.documentElement.lang)) tell('no language');
        if (document.querySelectorAll('h1').length !== 1) tell('not one h1');
        if (!document.title.trim()) tell('no title');
        for (const name of ['header', 'main', 'footer']) {
            if (document.querySelectorAll('body > ' + name).length !== 1) tell('no landmark ' + name);
        }
        const ids = [...document.querySelectorAll('[id]')].map((one) => one.id);
        for (const id of new Set(ids.filter((one, index) => ids.indexOf(one) !== index))) {
            tell('an id twice: ' + id);
        }
        for (const one of document.querySelectorAll('[aria-describedby],[aria-labelledby]')) {
            const names = [one.getAttribute('aria-describedby'), one.getAttribute('aria-labelledby')];
            for (const id of names.filter(Boolean).join(' ').split(' ')) {
                if (!document.getElementById(id)) tell('describes by what is not there', one);
            }
        }
        for (const one of document.querySelectorAll('input,select,textarea')) {
            if (one.type === 'hidden') continue;
            const isNamed = [...one.labels].some((label) => label.textContent.trim())
                || one.getAttribute('aria-label');
            if (!isNamed) tell('no label', one);
        }
        for (const one of document.querySelectorAll('a[href],button,summary')) {
            if (!one.textContent.trim() && !one.getAttribute('aria-label')) tell('no words', one);
        }
        // WCAG 2.5.5 leaves out links within a sentence.
        const isInline = (one) => one.matches('a') && getComputedStyle(one).display === 'inline';
        for (const one of document.querySelectorAll('a[href],button,summary,input,select')) {
            if (!isShown(one) || isInline(one)) continue;
            const target = one.matches('[type=checkbox],[type=radio]') ? one.closest('label') ?? one : one;
            const box = target.getBoundingClientRect();
            if (box.height < 43.5) tell('a target of ' + Math.round(box.height) + ' px', one);
        }
        const parts = (color) => {
            const numbers = color.match(/[\\d.]+/g).map(Number);
            return { rgb: numbers.slice(0, 3), alpha: numbers.length > 3 ? numbers[3] : 1 };
        };
        const light = (rgb) => {
            const [r, g, b] = rgb.map((value) => value / 255)
                .map((value) => value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const ground = (element) => {
            for (let one = element; one; one = one.parentElement) {
                const color = parts(getComputedStyle(one).backgroundColor);
                if (color.alpha === 1) return color.rgb;
            }
            return [255, 255, 255];
        };
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) {
            const one = walker.currentNode.parentElement;
            if (!walker.currentNode.data.trim() || !isShown(one) || one.closest('[disabled]')) continue;
            const pair = [light(parts(getComputedStyle(one).color).rgb), light(ground(one))];
            const ratio = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
            if (ratio < 4.5) tell('contrast ' + ratio.toFixed(2), one);
        }
        // A phone's own window grows with what is too wide for it.
        if (document.documentElement.scrollWidth > Math.min(innerWidth, screen.width) + 1) {
            tell('wider than the screen: ' + document.documentElement.scrollWidth);
        }
        const first = document.querySelector('main a[href],main button,main input');
        if (first && isShown(first)) {
            if (document.activeElement === first) first.blur();
            first.focus({ focusVisible: true });
            const look = getComputedStyle(first);
            if (look.outlineStyle === 'none' || parseFloat(look.outlineWidth) < 2) tell('focus unseen', first);
            first.blur();
        }
        return faults;
        """
}
