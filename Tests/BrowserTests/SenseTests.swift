import Causality
import Foundation
import Node
import Store
import Survey
import Terminal
import Testing
import Visiting

/// What a phone sees and where it is, on the node's pages: with a camera and a place of the test's own.
@Suite(.serialized) struct SenseTests {
    let village: ServedVillage
    let browser: WebBrowser

    init() throws {
        village = try ServedVillage(households: 6)
        for field in ["latitude", "longitude"] {
            _ = try village.node().setOptionalField("household.\(field)", isOn: true)
        }
        try village.hub.start()
        browser = try village.hub.browser()
    }

    /// A camera that sees the text in `window.inSight`; it may not be used while `window.isDark`.
    private func giveCamera() throws {
        let source = """
            window.BarcodeDetector = class {
                static async getSupportedFormats() { return ['qr_code']; }
                async detect() { return window.inSight ? [{ rawValue: window.inSight }] : []; }
            };
            navigator.mediaDevices.getUserMedia = async () => {
                if (window.isDark) throw new DOMException('no', 'NotAllowedError');
                window.lens ??= document.createElement('canvas');
                window.lens.getContext('2d').fillRect(0, 0, 9, 9);
                window.stream = window.lens.captureStream();
                return window.stream;
            };
            HTMLMediaElement.prototype.play = async () => {};
            """
        _ = try browser.command(
            "Page.addScriptToEvaluateOnNewDocument",
            ["source": .string(source)]
        )
    }

    /// Whether the pages may know where they are.
    private func permitPosition(_ setting: String) throws {
        _ = try browser.command(
            "Browser.setPermission",
            [
                "permission": ["name": "geolocation"], "setting": .string(setting),
                "origin": .string(village.hub.address),
            ]
        )
    }

    @Test func `the camera reads a card on the node's page, and tells where it may not`() throws {
        try giveCamera()
        try browser.signIn(at: village.hub)
        let person = try village.adult()
        try browser.meet(person, at: village.hub)
        try browser.run("document.querySelectorAll('details').forEach((one) => one.open = true)")
        let camera = "Mở máy ảnh"
        try browser.run("window.isDark = true")
        try browser.tap(saying: camera)
        try browser.wait(until: "document.querySelector('#kept').innerText.includes('máy ảnh')")
        // It looks until it sees something, and can be stopped.
        try browser.run("window.isDark = false")
        try browser.tap(saying: camera)
        try browser.wait(until: "window.stream?.active && !document.querySelector('video').hidden")
        try browser.tap(xpath: "//video/preceding-sibling::button[1]")
        try browser.wait(until: "!window.stream.active && document.querySelector('video').hidden")
        try browser.tap(saying: camera)
        try browser.run(
            "window.inSight = '048080990001||Trần Văn Ví Dụ|12031980|Nam|Tổ 1|01022022'"
        )
        try browser.wait(until: "document.querySelector('[name=card-line]')")
        #expect(
            try browser.text("return document.querySelector('main').innerText")
                .contains("Trần Văn Ví Dụ")
        )
    }

    @Test func `the place of a house is taken by a tap, kept at once, and never by itself`() throws
    {
        try browser.signIn(at: village.hub)
        let person = try village.adult()
        let home = try #require(RecordID(person.home))
        let base = try browser.meet(person, at: village.hub)
        _ = try browser.command(
            "Emulation.setGeolocationOverride",
            ["latitude": .real(15.36), "longitude": .real(108.5), "accuracy": 10]
        )
        try permitPosition("denied")
        let fields = ["latitude", "longitude"].map { "[id='q.\(home).\($0)']" }
        func open() throws {
            try browser.open(base + "devices")
            try browser.wait(until: "document.querySelector('.where')")
            try browser.run(
                "document.querySelectorAll('details').forEach((one) => one.open = true)"
            )
        }
        func shown() throws -> [String] {
            try fields.map { try browser.text("return document.querySelector(\"\($0)\").value") }
        }
        try open()
        try browser.tap(".where")
        try browser.wait(until: "document.querySelector('#kept').innerText.includes('vị trí')")
        #expect(try shown() == ["", ""])
        try permitPosition("granted")
        try open()
        #expect(try shown() == ["", ""])
        try browser.tap(".where")
        try browser.wait(until: "document.querySelector(\"\(fields[0])\").value === '15.360000'")
        try browser.wait(until: "document.querySelector('#kept').textContent === 'Đã ghi.'")
        let desk = try village.visiting("lan")
        let key = try #require(try desk.openVisits().first?.key)
        let values = try desk.form(key).values(of: home)
        #expect(values["latitude"] == .integer(15_360_000))
        #expect(values["longitude"] == .integer(108_500_000))
    }
}
