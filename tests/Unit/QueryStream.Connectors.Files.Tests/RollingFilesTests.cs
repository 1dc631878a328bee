using System.Text;
using QueryStream.Connectors.Files.Sink;
using QueryStream.Core.Files;

namespace QueryStream.Connectors.Files.Tests;

public sealed class RollingFilesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("querystream-rolling-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Two_sinks_of_one_folder_and_one_prefix_write_files_of_their_own()
    {
        RollingFiles one = Open();
        RollingFiles other = Open();
        await WriteAsync(one, "one");
        await WriteAsync(other, "other");
        one.Publish([(await one.CompleteAsync())!]);
        other.Publish([(await other.CompleteAsync())!]);

        Assert.Equal(["part-0-000001.txt: one", "part-0-000002.txt: other"], Read());
    }

    [Fact]
    public async Task A_file_that_another_sink_has_completed_is_not_written_over()
    {
        RollingFiles one = Open();
        RollingFiles other = Open();
        await WriteAsync(one, "one");
        one.Publish([(await one.CompleteAsync())!]);
        await WriteAsync(other, "other");
        other.Publish([(await other.CompleteAsync())!]);

        Assert.Equal(["part-0-000001.txt: one", "part-0-000002.txt: other"], Read());
    }

    [Fact]
    public void The_names_of_a_folder_are_flushed_unless_it_is_gone()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        DurableFolder.Flush(_folder.FullName);
        string gone = Path.Combine(_folder.FullName, "đã xóa");

        Assert.Contains(
            $"'{gone}' could not be flushed to disk: No such file",
            Assert.Throws<IOException>(() => DurableFolder.Flush(gone)).Message,
            StringComparison.Ordinal);
    }

    private RollingFiles Open()
    {
        RollingFiles files = new(DiskFiles.Instance, new FileSinkOptions { Folder = _folder.FullName }, ".txt", subtask: 0);
        files.Open();
        return files;
    }

    private static Task WriteAsync(RollingFiles files, string text) => files.WriteAsync(default, Encoding.UTF8.GetBytes(text));

    private IEnumerable<string> Read() =>
        _folder.GetFiles().Select(file => $"{file.Name}: {File.ReadAllText(file.FullName)}").Order(StringComparer.Ordinal);
}
