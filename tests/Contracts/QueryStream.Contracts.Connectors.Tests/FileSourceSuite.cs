using System.IO.Compression;
using System.Text;
using QueryStream.Connectors.Files;
using QueryStream.Streams;
using QueryStream.Streams.Formats;
using QueryStream.TestKit.Contracts;

namespace QueryStream.Contracts.Connectors.Tests;

/// <summary>A folder with a file for each split. Rows written later go into new files.</summary>
/// <typeparam name="T">The rows.</typeparam>
public abstract class FileSourceSuite<T> : SourceSuite<T>
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("querystream-contract-");
    private int _files;

    protected virtual string Extension => ".txt";

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    protected abstract string Content(IReadOnlyList<string?> rows);

    protected override async Task FillAsync(IReadOnlyList<IReadOnlyList<string?>> splits)
    {
        foreach (IReadOnlyList<string?> rows in splits)
        {
            // The name is hidden until the file is complete, since the source does not wait for quiet files.
            string folder = _folder.CreateSubdirectory($"of {_files % 2}").FullName;
            string name = $"file {_files++:000}{Extension}";
            string hidden = Path.Combine(folder, $".{name}");
            bool isCompressed = Extension.EndsWith(".gz", StringComparison.Ordinal);
            await using (Stream file = isCompressed ? new GZipStream(File.Create(hidden), CompressionLevel.Fastest) : File.Create(hidden))
            {
                await file.WriteAsync(Encoding.UTF8.GetBytes(Content(rows)));
            }

            File.Move(hidden, Path.Combine(folder, name));
        }
    }

    protected abstract RecordFormat<T> Format { get; }

    protected override SourceStream<T> Define(StreamBuilder job, bool isBounded) => job.Files<T>("files", Options(isBounded)).Format(Format);

    private FileSourceOptions Options(bool isBounded) => new()
    {
        Path = _folder.FullName,
        WatchEvery = isBounded ? null : TimeSpan.FromMilliseconds(20),
        QuietFor = TimeSpan.Zero,
    };
}
