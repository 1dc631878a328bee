using Microsoft.Extensions.Logging;
using QueryStream.TestKit.Logging;

namespace QueryStream.Blobs.Tests;

/// <summary>A store of blobs and a cache of jobs in a folder of one test.</summary>
public abstract class BlobFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("querystream-blobs-");

    protected BlobFolder() => Options = new BlobOptions { Directory = FolderOf("blobs"), CacheDirectory = FolderOf("jobs") };

    protected BlobOptions Options { get; set; }

    protected LogCollector Logs { get; } = new();

    public void Dispose()
    {
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    protected static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    protected static MemoryStream StreamOf(string text) => new(Bytes(text));

    protected string FolderOf(string name) => Path.Combine(_folder.FullName, name);

    protected BlobStore NewStore() => new(Options, TimeProvider.System, Logs.CreateLogger<BlobStore>());

    protected string FileOf(ContentHash hash) => Path.Combine(Options.Directory, hash.ToString());

    protected static async Task<string> TextAsync(Stream? stream)
    {
        Assert.NotNull(stream);
        using StreamReader reader = new(stream);
        return await reader.ReadToEndAsync();
    }
}
