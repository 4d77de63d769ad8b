private import Glibc
import Survey

/// What the operating system's `errno` means for a file, and what to do.
func systemReason(_ code: Int32) -> Label {
    switch code {
    case ENOENT, ENOTDIR:
        Label("không có đường dẫn này: kiểm tra lại", "there is no such path: check it")
    case EACCES, EPERM:
        Label(
            "không có quyền: kiểm tra quyền của tệp và thư mục",
            "not permitted: check permissions"
        )
    case EISDIR: Label("đây là thư mục: nêu tên một tệp", "it is a folder: name a file")
    case EEXIST, ENOTEMPTY: Label("đã có: chọn tên khác", "it exists already: choose another name")
    case ENOSPC, EDQUOT:
        Label(
            "ổ đĩa đầy: giải phóng dung lượng rồi làm lại",
            "the disk is full: free some space and try again"
        )
    case EROFS:
        Label(
            "ổ đĩa chỉ cho đọc: gắn lại để ghi được, hoặc chọn nơi khác",
            "the disk may only be read: mount it for writing, or choose another place"
        )
    case EFBIG: Label("tệp quá lớn với ổ đĩa này", "the file is too large for this disk")
    case ENAMETOOLONG: Label("tên quá dài: chọn tên ngắn hơn", "the name is too long: shorten it")
    case EIO, ENODEV, ENXIO, ESTALE:
        Label(
            "ổ đĩa bị lỗi hoặc đã rút ra: cắm lại rồi làm lại",
            "the disk failed or was pulled out: plug it in and try again"
        )
    default:
        Label(
            "lỗi hệ thống \(code): kiểm tra đường dẫn, quyền và dung lượng trống",
            "system error \(code): check path, permissions and free space"
        )
    }
}
