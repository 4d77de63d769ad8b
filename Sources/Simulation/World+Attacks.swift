extension World {
    func attack() throws {}
}
