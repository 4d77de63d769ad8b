/// The one style sheet: tokens first, then a rule or two for each component.
///
/// Sizes are in `rem`, so that the text size of the system counts; colours reach AA (4.5:1 for text)
/// in both themes; whatever is touched is at least 44 px high.
package enum Stylesheet {
    package static let bytes = Array("\(text)".utf8)

    static let file = StaticText(bytes)

    /// Named by its content, so that browsers may keep it for ever.
    package static let name = assetName(of: bytes) + ".css"

    package static let path = LocalPath("/assets", name)

    private static let text: StaticString = """
        :root{color-scheme:light dark;--ground:#f6f7f5;--paper:#fff;--ink:#17211c;--soft:#4d5a53;
        --line:#c3ccc6;--edge:#75817a;--main:#0b5d3b;--on-main:#fff;--tint:#e3efe8;--good:#0b5d3b;
        --good-tint:#e1f2e8;--warn:#7a4a00;--bad:#a3160c;--bad-tint:#fdecea;--ring:#1a5fd0;--gap:1rem;--round:.5rem}
        @media (prefers-color-scheme:dark){:root{--ground:#101512;--paper:#1a211d;--ink:#eef3ef;
        --soft:#b4c0b9;--line:#3a453f;--edge:#87938c;--main:#6fd3a1;--on-main:#06251a;--tint:#20352a;
        --good:#7fdcae;--good-tint:#17301f;--warn:#f0bd6e;--bad:#ffa99f;--bad-tint:#3d1a17;--ring:#8ab8ff}}
        *,::before,::after{box-sizing:border-box}
        html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
        body{margin:0;background:var(--ground);color:var(--ink);
        font:1rem/1.5 system-ui,"Noto Sans","Segoe UI",Roboto,sans-serif;overflow-wrap:anywhere}
        h1{font-size:1.5rem;line-height:1.25;margin:0 0 var(--gap)}
        h2{font-size:1.125rem;line-height:1.3;margin:0 0 .75rem}
        p{margin:0 0 .75rem}
        a{color:var(--main);text-underline-offset:.2em}
        :focus-visible{outline:3px solid var(--ring);outline-offset:2px}
        .skip{position:absolute;left:-999rem}
        .skip:focus{left:.5rem;top:.5rem;z-index:1;background:var(--paper);padding:.75rem}
        header,footer{background:var(--paper);border:0 solid var(--line)}
        header{border-bottom-width:1px}
        footer{border-top-width:1px;margin-top:2rem;color:var(--soft)}
        footer button.link{padding-inline:0}
        .bar{max-width:70rem;margin:0 auto;padding:.5rem 1rem;display:flex;flex-wrap:wrap;
        align-items:center;gap:.25rem 1rem}
        .name{font-weight:700;margin-right:auto;color:inherit;text-decoration:none;min-height:2.75rem;
        display:inline-flex;align-items:center}
        nav ul{list-style:none;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:.25rem}
        nav a{display:inline-flex;align-items:center;min-height:2.75rem;padding:0 .75rem;
        border-radius:var(--round);text-decoration:none}
        nav a:hover{background:var(--tint)}
        nav a[aria-current]{background:var(--tint);font-weight:600;
        box-shadow:inset 0 -3px var(--main)}
        .sync{display:flex;align-items:center;justify-content:center;min-height:2.75rem;
        font-size:.9375rem;padding:.5rem 1rem;text-align:center;background:var(--tint);color:inherit;
        text-decoration:none}
        .sync:hover{text-decoration:underline}
        .sync.bad{background:var(--bad-tint);color:var(--bad)}
        main{max-width:70rem;margin:0 auto;padding:1.25rem 1rem}
        main.narrow{max-width:30rem}main:has(#phone){max-width:44rem}
        #phone .card>.button,#phone .card>button{margin:.25rem .75rem .25rem 0}
        #who{color:var(--soft)}
        #reader{display:flex;flex-wrap:wrap;align-items:center;gap:.25rem 1rem}
        .card{background:var(--paper);border:1px solid var(--line);border-radius:var(--round);
        padding:1rem;margin:0 0 var(--gap)}
        .notice{border-left:.375rem solid var(--edge);background:var(--paper);padding:.75rem 1rem;
        margin:0 0 var(--gap);border-radius:var(--round)}
        .notice.good{border-color:var(--good);background:var(--good-tint)}
        .notice.bad{border-color:var(--bad);background:var(--bad-tint)}
        .notice>:last-child,.card>:last-child{margin-bottom:0}
        .notice ul{margin:0 0 .75rem;padding-left:1.25rem}.notice li>p{margin:.5rem 0}
        .figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(9rem,1fr));gap:.75rem;
        margin:0 0 var(--gap)}
        .figure{background:var(--paper);border:1px solid var(--line);border-radius:var(--round);
        padding:.75rem 1rem;color:inherit;text-decoration:none;min-height:2.75rem}
        .figure b{display:block;font-size:1.75rem;line-height:1.2;font-variant-numeric:tabular-nums}
        .figure span{color:var(--soft)}
        a.figure:hover{border-color:var(--main)}
        .badge{display:inline-block;padding:.1rem .5rem;border-radius:1rem;background:var(--tint);
        white-space:nowrap}
        .badge.good{background:var(--good-tint);color:var(--good)}
        .badge.bad{background:var(--bad-tint);color:var(--bad)}
        .card{position:relative}
        .card>h2>.badge{position:absolute;top:-.875rem;right:.75rem;
        font-size:.875rem;font-weight:400}
        .problem{color:var(--bad)}
        blockquote{margin:0 0 .75rem;padding-left:.75rem;border-left:3px solid var(--line)}
        .field,fieldset{margin:0 0 var(--gap)}
        label,legend{font-weight:600}
        .field>label{display:block;margin-bottom:.25rem}
        fieldset{border:1px solid var(--line);border-radius:var(--round);padding:.5rem 1rem}
        .check{display:flex;align-items:center;gap:.75rem;min-height:2.75rem;padding:.375rem 0;
        font-weight:400}
        .check+.check{border-top:1px solid var(--line)}
        .person p,.call{margin-bottom:0}td progress{margin:.25rem 0 0}
        .check input{width:1.375rem;height:1.375rem;flex:none;accent-color:var(--main)}
        input,select,button{font:inherit;color:inherit}
        .field input,select{width:100%;min-height:2.75rem;padding:.5rem .75rem;background:var(--paper);
        border:1px solid var(--edge);border-radius:var(--round)}
        [aria-invalid]{border:2px solid var(--bad)!important}
        .hint{color:var(--soft);margin:0 0 .25rem;font-size:.9375rem}
        form+.hint{margin-top:.75rem}form+.card{margin-top:var(--gap)}
        .error{color:var(--bad);margin:0 0 .25rem;font-weight:600}
        button,.button{display:inline-flex;align-items:center;justify-content:center;min-height:2.75rem;
        padding:.5rem 1.25rem;border:1px solid var(--edge);border-radius:var(--round);
        background:var(--paper);color:var(--ink);text-decoration:none;cursor:pointer;font-weight:600}
        button.main,.button{background:var(--main);border-color:var(--main);color:var(--on-main)}
        .button.plain{background:var(--paper);border-color:var(--edge);color:var(--ink)}
        button.danger{color:var(--bad);border-color:var(--bad)}
        button.link{border:0;background:none;color:var(--main);text-decoration:underline;
        font-weight:400;padding:.5rem .75rem}
        .actions{display:flex;flex-wrap:wrap;gap:.75rem;margin:0 0 var(--gap)}
        .scroll{overflow-x:auto;background:var(--paper);border:1px solid var(--line);
        border-radius:var(--round);margin:0 0 var(--gap)}
        table{border-collapse:collapse;width:100%}
        caption{text-align:left;font-weight:700;padding:.75rem 1rem}
        th,td{text-align:left;vertical-align:top;padding:.625rem 1rem;border-top:1px solid var(--line);
        min-width:5rem;overflow-wrap:break-word}
        thead th{color:var(--soft);font-weight:600;font-size:.9375rem;vertical-align:bottom}
        tbody th{font-weight:400;min-width:12rem}
        th>a,main>a,footer a,.actions>a,.do>a{display:inline-flex;align-items:center;min-height:2.75rem}
        th>a{margin:-.625rem 0}main>.button{margin-right:.75rem}
        .time{white-space:nowrap}
        .number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap;
        overflow-wrap:normal}
        thead .number{white-space:normal}
        .code{font:700 1.5rem/1.4 ui-monospace,"DejaVu Sans Mono",monospace;letter-spacing:.05em;
        user-select:all}
        .qr{display:block;width:100%;max-width:20rem;height:auto;margin:0 0 var(--gap)}
        .list{list-style:none;margin:0 0 var(--gap);padding:0;background:var(--paper);
        border:1px solid var(--line);border-radius:var(--round)}
        .settled{border-color:var(--main)}
        .card .list{border:0}
        .list>li{padding:.5rem 1rem;border-top:1px solid var(--line)}
        .list>li:first-child{border-top:0}
        .card .list>li{padding-left:0;padding-right:0}
        .list>li>:last-child{margin-bottom:0}
        .item{display:flex;align-items:center;gap:.75rem}
        .item>a{flex:1;min-width:0;min-height:2.75rem;color:inherit;text-decoration:none}
        .item>a:hover b{text-decoration:underline}
        .item b,.item a>span{display:block}
        .item .badge{width:max-content;max-width:100%;white-space:normal}
        .item form{flex:none}
        .item b{line-height:1.3}
        .soft,.item a>span{color:var(--soft)}
        .item .badge{color:var(--ink)}.item .badge.good{color:var(--good)}
        .item .badge.bad{color:var(--bad)}
        .who{display:inline-flex;align-items:center;min-height:2.75rem;font-weight:700}
        .lacks{margin:0 0 .5rem;padding-left:1.25rem}
        .progress p{margin:0 0 .25rem}
        .progress b{font-size:1.75rem;line-height:1.2;font-variant-numeric:tabular-nums}
        progress{display:block;width:100%;height:.75rem;accent-color:var(--main);
        margin:0 0 var(--gap)}
        .filters{display:flex;flex-wrap:wrap;gap:.5rem;margin:0 0 var(--gap)}
        .filters a{display:inline-flex;align-items:center;min-height:2.75rem;padding:0 .875rem;
        border:1px solid var(--edge);border-radius:1.5rem;background:var(--paper);color:inherit;
        text-decoration:none}
        .filters a[aria-current]{background:var(--main);border-color:var(--main);
        color:var(--on-main);font-weight:600}
        .filters .other{border-style:dashed}
        .search form{display:flex;gap:.5rem;margin:0 0 var(--gap)}
        .search input{flex:1;min-width:0;min-height:2.75rem;padding:.5rem .75rem;
        background:var(--paper);border:1px solid var(--edge);border-radius:var(--round)}
        .hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);
        white-space:nowrap}
        .fingerprint{font:1rem/1.6 ui-monospace,"DejaVu Sans Mono",monospace}
        summary{min-height:2.75rem;padding:.5rem 0;font-weight:600;cursor:pointer}
        .swatches{list-style:none;margin:0;padding:0}.swatches li{padding:.5rem}
        .swatches .ground{background:var(--ground)}.swatches .tint{background:var(--tint)}
        .swatches .fill{background:var(--main);color:var(--on-main)}
        .swatches .good{background:var(--good-tint);color:var(--good)}
        .swatches .bad{background:var(--bad-tint);color:var(--bad)}
        .call{display:flex;flex-wrap:wrap;align-items:center;gap:.5rem .75rem}
        dl{display:grid;grid-template-columns:minmax(8rem,max-content) 1fr;gap:.25rem 1rem;
        margin:0 0 .75rem}
        dt{color:var(--soft)}
        dd{margin:0}
        textarea{font:inherit;color:inherit;width:100%;padding:.5rem .75rem;background:var(--paper);
        border:1px solid var(--edge);border-radius:var(--round)}
        .warning{color:var(--warn);margin:0 0 .25rem;font-weight:600}
        .need{color:var(--soft);font-weight:400}
        summary{cursor:pointer;min-height:2.75rem;padding:.5rem 0;font-weight:600}
        summary .hint{font-weight:400}summary .badge{white-space:normal}
        details.card{padding-block:0}details.card[open]{padding-bottom:1rem}
        details.card>summary{padding:.75rem 0}
        .question{border:0;padding:0;min-width:0}
        .question>legend{padding:0;margin-bottom:.25rem}
        .pills,.answers{display:flex;flex-wrap:wrap;gap:.5rem;margin:0 0 .5rem}
        .answers{display:grid;grid-template-columns:repeat(auto-fit,minmax(5.25rem,1fr))}
        .answers>*{flex-direction:column;overflow-wrap:normal;padding-inline:.5rem}
        .answers small{font-weight:400}
        .tall{grid-template-columns:1fr}
        .tall>button{min-height:3.25rem;align-items:flex-start;padding-inline:.75rem;text-align:left}
        .pills.tall{display:grid}.tall span{width:100%}
        .counts{grid-template-columns:repeat(auto-fit,minmax(2.75rem,1fr))}
        .pill{position:relative;display:inline-flex;font-weight:400}
        .pill input{position:absolute;inset:0;width:100%;height:100%;margin:0;opacity:0;cursor:pointer}
        .pill span{display:inline-flex;align-items:center;min-height:2.75rem;padding:.5rem 1rem;
        border:1px solid var(--edge);border-radius:var(--round);background:var(--paper)}
        .pill :checked+span,[aria-pressed=true]{background:var(--main);border-color:var(--main);
        color:var(--on-main)}
        .pill :focus-visible+span{outline:3px solid var(--ring);outline-offset:2px}
        .steps{margin:0 0 .5rem}
        .steps summary{display:flex;align-items:center;gap:.75rem;color:var(--soft)}
        progress{appearance:none;flex:1;height:.5rem;min-width:4rem;border:0;border-radius:.25rem;
        background:var(--line);overflow:hidden}
        .steps progress{margin:0}
        main>.hint,#phone>.hint{margin-bottom:.75rem}
        progress::-webkit-progress-bar{background:var(--line)}
        progress::-webkit-progress-value{background:var(--main)}
        progress::-moz-progress-bar{background:var(--main)}
        .steps ol,.open{list-style:none;margin:0 0 .75rem;padding:0}
        .steps li,.open>li{border-top:1px solid var(--line);padding:.25rem 0;display:flex;
        flex-wrap:wrap;align-items:center;gap:0 .75rem}
        .open .hint{flex:1 1 100%}
        .steps button,.open button.link{padding-inline:0;text-align:left;justify-content:flex-start}
        .steps [aria-current]{font-weight:700}
        .do{position:sticky;bottom:0;z-index:1;display:flex;gap:.5rem;align-items:center;
        background:var(--ground);padding:.75rem 0;border-top:1px solid var(--line)}
        .do:empty{display:none}
        #kept.bad,#unkept{position:sticky;bottom:5.5rem;z-index:2;margin-top:var(--gap)}
        #phone~#unkept{bottom:.5rem}#phone:has(.do)~#unkept{bottom:5.5rem}
        #phone .steps a,#phone .call a{display:inline-flex;align-items:center;min-height:2.75rem}
        .phone a{padding:0 .375rem;font-size:.9375rem}
        html:has(.do){scroll-padding-bottom:5.5rem}
        .do>button{flex:1 1 auto;padding-inline:.75rem;overflow-wrap:normal}
        [tabindex="-1"]:focus{outline:0}
        video{width:100%;border-radius:var(--round);margin:.5rem 0}
        @media (max-width:40rem){.further,td[data-none]{display:none!important}td .badge{white-space:normal}thead{position:absolute;left:-999rem}
        table,caption,tbody,tr,th,td{display:block;min-width:0}
        tr{display:grid;grid-template-columns:repeat(auto-fit,minmax(5.5rem,1fr));gap:.25rem .75rem;
        padding:.5rem 1rem;border-top:1px solid var(--line)}
        tr>*,tbody th{border:0;padding:.125rem 0;min-width:0;text-align:left}
        tbody th{grid-column:1/-1;font-weight:600}th>a{margin-bottom:-.375rem}
        td::before{content:attr(data-label);display:block;color:var(--soft);font-size:.875rem;
        font-weight:400}
        td::before{white-space:normal}tr>.number{text-align:left}.time,.wide{grid-column:span 2}}
        @media (max-width:30rem){dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.5rem}
        .actions>*,form>button{width:100%}.actions form button{width:100%}
        .item form>button,.search form>button{width:auto}.item{gap:.5rem}.item form>button{padding-inline:.625rem}
        nav{width:100%}nav ul{margin-inline:-.5rem}nav a{padding:0 .5rem}}
        @media (max-width:15rem){header nav ul{flex-wrap:nowrap;overflow-x:auto}
        header nav a{white-space:nowrap}
        .do{position:static;flex-wrap:wrap}.item{flex-wrap:wrap}.item>a{flex-basis:100%}}
        @media (forced-colors:active){.figure,button,.button{border:1px solid}}
        @media print{header nav,footer,.actions{display:none}}
        """
}
