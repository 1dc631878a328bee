using System.Text;
using QueryStream.Streams.Connectors;
using QueryStream.Streams.Formats;
using QueryStream.TestKit;
using QueryStream.TestKit.Connectors;

namespace QueryStream.Connectors.Files.Tests;

/// <summary>A test's folder, and sources that read it.</summary>
public abstract class FileRig : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("querystream-files-");
    private readonly List<IAsyncDisposable> _open = [];

    protected string Folder => _folder.FullName;

    protected ManualTime Time { get; } = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (IAsyncDisposable one in _open)
        {
            await one.DisposeAsync();
        }

        _folder.Delete(recursive: true);
    }

    protected string Write(string name, string content) => Write(name, Encoding.UTF8.GetBytes(content));

    protected string Write(string name, byte[] content)
    {
        string path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }

    protected SourceHarness<T> Source<T>(RecordFormat<T> format, FileSourceOptions? options = null, int parallelism = 1)
    {
        SourceHarness<T> source = new(
            job => job.Files<T>("files", options ?? new FileSourceOptions { Path = Folder }).Format(format), 0, parallelism, Time);
        _open.Add(source);
        return source;
    }

    protected async Task<SourceHarness<T>> ReadAsync<T>(RecordFormat<T> format, FileSourceOptions? options = null)
    {
        SourceHarness<T> source = Source(format, options);
        await source.OpenAsync();
        await source.ReadToEndAsync();
        return source;
    }

    protected async Task<(IReadOnlyList<T> Rows, IReadOnlyList<string> Problems)> ReadAsync<T>(RecordFormat<T> format, string content)
    {
        string path = Write("input", content);
        SourceHarness<T> source = await ReadAsync(format, new FileSourceOptions { Path = path });
        return ([.. source.Rows.Select(row => row.Row)], [.. source.DeadLetters.Select(letter => Shown(letter, path))]);
    }

    protected static string Shown(DeadLetter letter, string path) =>
        $"{letter.Reason} {letter.Detail.Replace(path, "input", StringComparison.Ordinal)}";
}
