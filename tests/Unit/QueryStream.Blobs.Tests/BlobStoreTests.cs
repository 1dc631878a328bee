using Microsoft.Extensions.Logging;
using QueryStream.Core.Errors;

namespace QueryStream.Blobs.Tests;

/// <summary>Blobs in a directory.</summary>
public sealed class BlobStoreTests : BlobFolder
{
    private static readonly ContentHash Hash = ContentHash.Of("xin chào"u8);

    [Fact]
    public async Task What_is_stored_is_found_by_its_hash_also_by_another_process()
    {
        await NewStore().PutAsync(Hash, StreamOf("xin chào"), default);

        Assert.Equal("xin chào", await TextAsync(await NewStore().FindAsync(Hash, default)));
    }

    [Fact]
    public async Task An_unknown_blob_is_null_and_an_error_where_one_must_be()
    {
        BlobStore store = NewStore();

        Assert.Null(await store.FindAsync(Hash, default));
        BlobException error = await Assert.ThrowsAsync<BlobException>(() => store.OpenAsync(Hash, default));
        Assert.Contains($"no blob {Hash}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_with_another_hash_are_refused_and_leave_nothing()
    {
        BlobException error = await Assert.ThrowsAsync<BlobException>(() => NewStore().PutAsync(Hash, StreamOf("xin chà"), default));

        Assert.Contains($"have the hash {ContentHash.Of("xin chà"u8)}", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(Options.Directory));
    }

    [Fact]
    public async Task A_blob_that_is_too_large_is_refused_and_leaves_nothing()
    {
        Options = Options with { MaxBlobBytes = 5 };

        BlobException error = await Assert.ThrowsAsync<BlobException>(() => NewStore().PutAsync(Hash, StreamOf("xin chào"), default));

        Assert.True(error.IsTooLarge);
        Assert.Contains("larger than 5 bytes", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(Options.Directory));
    }

    [Fact]
    public async Task A_full_store_refuses_more_and_keeps_what_it_has()
    {
        Options = Options with { MaxStoreBytes = 12 };
        BlobStore store = NewStore();
        await store.PutAsync(Hash, StreamOf("xin chào"), default);

        BlobException error = await Assert.ThrowsAsync<BlobException>(() => store.PutAsync(ContentHash.Of("tạm"u8), StreamOf("tạm biệt"), default));

        Assert.True(error.IsTooLarge);
        Assert.Contains("which may hold 12 bytes", error.Message, StringComparison.Ordinal);
        Assert.Equal("xin chào", await TextAsync(await store.FindAsync(Hash, default)));
    }

    [Fact]
    public async Task A_sender_that_breaks_off_leaves_nothing()
    {
        await Assert.ThrowsAsync<BlobException>(() => NewStore().PutAsync(Hash, new BrokenStream(), default));

        Assert.Empty(Directory.GetFileSystemEntries(Options.Directory));
    }

    [Theory]
    [InlineData("xin ch")]
    [InlineData("xin chÀo")]
    [InlineData("")]
    public async Task A_damaged_blob_is_absent_with_a_warning_and_can_be_stored_again(string damaged)
    {
        BlobStore store = NewStore();
        await store.PutAsync(Hash, StreamOf("xin chào"), default);
        await File.WriteAllTextAsync(FileOf(Hash), damaged);

        Assert.Null(await store.FindAsync(Hash, default));

        Assert.Contains(Logs.Of(LogLevel.Warning), message => message.Contains("is damaged", StringComparison.Ordinal));
        await store.PutAsync(Hash, StreamOf("xin chào"), default);
        Assert.Equal("xin chào", await TextAsync(await store.FindAsync(Hash, default)));
    }

    [Fact]
    public async Task One_blob_stored_by_many_at_once_is_stored()
    {
        BlobStore store = NewStore();

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => store.PutAsync(Hash, StreamOf("xin chào"), default)));

        Assert.Equal([FileOf(Hash)], Directory.GetFileSystemEntries(Options.Directory));
    }

    [Fact]
    public void What_a_killed_writer_has_left_is_deleted_when_it_is_old()
    {
        Directory.CreateDirectory(Options.Directory);
        string old = Path.Combine(Options.Directory, "old.tmp");
        string young = Path.Combine(Options.Directory, "young.tmp");
        File.WriteAllText(old, "");
        File.WriteAllText(young, "");
        File.SetLastWriteTimeUtc(old, TimeProvider.System.GetUtcNow().UtcDateTime - TimeSpan.FromDays(2));

        _ = NewStore();

        Assert.Equal([young], Directory.GetFiles(Options.Directory));
    }

    [Fact]
    public void A_directory_that_cannot_be_used_is_an_error_with_its_name()
    {
        Options = Options with { Directory = "/dev/null/blobs" };

        Assert.Contains("/dev/null/blobs", Assert.Throws<BlobException>(NewStore).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("../../etc/passwd")]
    [InlineData("ABCDEFabcdef0123456789abcdef0123456789abcdef0123456789abcdef01234567")]
    [InlineData("g000000000000000000000000000000000000000000000000000000000000000")]
    public void Only_lower_case_hexadecimal_digits_are_a_hash(string text) => Assert.False(ContentHash.TryParse(text, out _));

    // A connection that breaks in the middle.
    private sealed class BrokenStream() : MemoryStream("xin"u8.ToArray())
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int read = await base.ReadAsync(buffer, cancellationToken);
            return read > 0 ? read : throw new IOException("The client has disconnected.");
        }
    }
}
