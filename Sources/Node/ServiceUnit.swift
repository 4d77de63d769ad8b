/// The systemd unit that runs a node: `doorstep service install` writes it.
package struct ServiceUnit: Hashable, Sendable {
    package static let directory = "/etc/systemd/system"
    package static let usersDirectory = "/etc/sysusers.d"

    /// The unit's name, `doorstep` for one node; `[a-z0-9-]`.
    package let name: String
    /// Absolute paths.
    package let executable: String
    package let folder: String
    package let user: String
    /// Words behind `doorstep serve FOLDER`.
    package let arguments: [String]
    /// Absolute paths of what else it reads: a certificate and its key.
    package let readFiles: [String]
    /// Absolute paths of folders that it also writes, which may not be there.
    package let writeFolders: [String]
    /// Whether a port below 1024 is listened on, which needs a right of its own.
    package let hasLowPort: Bool

    package init(
        name: String,
        executable: String,
        folder: String,
        user: String,
        arguments: [String],
        readFiles: [String] = [],
        writeFolders: [String] = [],
        hasLowPort: Bool = false
    ) throws(NodeError) {
        let isName = !name.isEmpty && name.utf8.count <= 60 && name.utf8.allSatisfy(Self.isPlain)
        guard isName else { throw .badUnit(.name, name) }
        guard !user.isEmpty, user.utf8.count <= 32, user.utf8.allSatisfy(Self.isPlain) else {
            throw .badUnit(.user, user)
        }
        // Where systemd mounts them, each of these signs means something else.
        for path in [executable, folder] + readFiles + writeFolders
        where !path.hasPrefix("/") || path.contains(where: { ":'\"\\$".contains($0) }) {
            throw .badUnit(.path, path)
        }
        for word in [executable, folder] + arguments
        where word.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7f }) {
            throw .badUnit(.word, word)
        }
        self.name = name
        self.executable = executable
        self.folder = folder
        self.user = user
        self.arguments = arguments
        self.readFiles = readFiles
        self.writeFolders = writeFolders
        self.hasLowPort = hasLowPort
    }

    package var path: String { "\(Self.directory)/\(name).service" }

    package var usersPath: String { "\(Self.usersDirectory)/\(name).conf" }

    /// What makes the user, in the way of sysusers.d(5): no password, no shell, no home.
    package var usersText: String {
        "u \(user) - \(Self.userComment)\n"
    }

    /// A line of /etc/fstab by which a stick with the label DOORSTEP is mounted for the node's user, as
    /// soon as somebody looks there, and let go a moment later (systemd.mount(5)).
    ///
    /// For the file systems that sticks have and that know no owners: FAT, exFAT, NTFS.
    package var stickLine: String {
        let options = [
            "noauto", "nofail", "x-systemd.automount", "x-systemd.idle-timeout=30s",
            "x-systemd.device-timeout=5s", "uid=\(user)", "gid=\(user)", "umask=0077", "nosuid",
            "nodev", "noexec",
        ]
        return "LABEL=DOORSTEP \(Self.stickFolder) auto \(options.joined(separator: ",")) 0 0"
    }

    /// Where ``stickLine`` mounts a stick.
    package static let stickFolder = "/media/doorstep"

    /// Writes both files, for everybody to read; a foreign one of the name is replaced only with `force`.
    package func install(force: Bool) throws(NodeError) {
        let files = try [
            (FileWriter(named: usersPath, as: .unitUser, force: force), usersText),
            (FileWriter(named: path, as: .unit, force: force), text),
        ]
        for (file, text) in files {
            try file.write(Array(text.utf8))
            try file.commit()
            try Files.makeReadable(file.path)
        }
    }

    /// By these a file is known as one of ours.
    static let beginning = "[Unit]\nDescription=Doorstep node in "
    static let userComment = "\"Doorstep node\""

    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte) || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: "_")
    }

    /// A word as systemd reads it (systemd.service(5), "Command lines"; `%` is a specifier).
    private static func quoted(_ word: String) -> String {
        let escaped = word.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            .replacing("%", with: "%%").replacing("$", with: "$$")
        return "\"\(escaped)\""
    }

    /// The file's text: the node may write its own folder, speak TCP and UDP, and nothing else.
    package var text: String {
        let words = [executable, "serve", folder] + arguments
        let command = words.map(Self.quoted).joined(separator: " ")
        let read = ([executable] + readFiles).map(Self.quoted).joined(separator: " ")
        // Those that are not there yet are no error.
        // What lies below is not named: looking at it would wait for a stick that is not there.
        let places = ["/media", "/run/media"]
        let more = writeFolders.filter { folder in
            !places.contains { folder.hasPrefix($0 + "/") }
        }
        let write = (places + more).map { Self.quoted("-" + $0) }
            .joined(separator: " ")
        let capabilities = hasLowPort ? "CAP_NET_BIND_SERVICE" : ""
        return """
            \(Self.beginning)\(folder.replacing("%", with: "%%"))
            Documentation=man:systemd.service(5)
            After=network-online.target time-sync.target
            Wants=network-online.target

            [Service]
            Type=notify
            ExecStart=\(command)
            User=\(user)
            Restart=always
            RestartSec=5
            WatchdogSec=60
            TimeoutStopSec=30
            LimitNOFILE=16384
            # All connections, exchanges and bodies at their bounds take some 1.4 GB.
            MemoryHigh=1536M
            MemoryMax=2G

            # Its own folder and sticks are all that it may write.
            ProtectSystem=strict
            ReadWritePaths=\(Self.quoted(folder))
            ReadWritePaths=\(write)
            UMask=0077
            PrivateTmp=yes
            PrivateDevices=yes
            ProtectHome=tmpfs
            BindPaths=\(Self.quoted(folder))
            BindReadOnlyPaths=\(read)

            NoNewPrivileges=yes
            CapabilityBoundingSet=\(capabilities)
            AmbientCapabilities=\(capabilities)
            LockPersonality=yes
            MemoryDenyWriteExecute=yes
            ProtectClock=yes
            ProtectControlGroups=yes
            ProtectHostname=yes
            ProtectKernelLogs=yes
            ProtectKernelModules=yes
            ProtectKernelTunables=yes
            ProtectProc=invisible
            ProcSubset=pid
            RemoveIPC=yes
            # Netlink tells when the network comes and goes.
            RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
            RestrictNamespaces=yes
            RestrictRealtime=yes
            RestrictSUIDSGID=yes
            SystemCallArchitectures=native
            SystemCallFilter=@system-service
            SystemCallFilter=~@privileged
            SystemCallErrorNumber=EPERM

            [Install]
            WantedBy=multi-user.target

            """
    }
}
