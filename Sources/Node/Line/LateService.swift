import HTTP
private import Synchronization

/// Answers for nobody until the server's port is known and the service is made.
final class LateService: Service {
    private let service = Mutex<HubService?>(nil)

    func begin(_ service: HubService) {
        self.service.withLock { $0 = service }
    }

    func plan(_ head: RequestHead) -> Plan {
        service.withLock { $0 }?.plan(head)
            ?? .reply(
                .text(
                    503,
                    """
                    Máy đang khởi động; thử lại sau vài giây.
                    The node is starting; try again in a few seconds.
                    """
                ).with("Retry-After", "1"),
                label: "starting"
            )
    }
}
