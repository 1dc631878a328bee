using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using QueryStream.Blobs.Bundles;
using QueryStream.TestKit;

namespace QueryStream.Blobs.Tests;

/// <summary>Blobs that no job needs, and when they are deleted.</summary>
public sealed class UnusedBlobTests : BlobFolder
{
    private static readonly HashSet<ContentHash> Nothing = [];

    private readonly ManualTime _time = new();
    private readonly Copies _copies = new();

    [Fact]
    public async Task A_blob_is_kept_until_nobody_has_sent_read_or_asked_for_it_for_a_while()
    {
        BlobStore store = NewStore(copies: null);
        ContentHash sent = await PutAsync(store, "sent again");
        ContentHash read = await PutAsync(store, "read");
        ContentHash unused = await PutAsync(store, "unused");
        ContentHash needed = await PutAsync(store, "needed");

        _time.Advance(TimeSpan.FromMinutes(59));
        await store.DeleteUnusedAsync(Nothing, default);
        await PutAsync(store, "sent again");
        Assert.Equal("read", await TextAsync(await store.FindAsync(read, default)));
        _time.Advance(TimeSpan.FromMinutes(2));
        await store.DeleteUnusedAsync(new HashSet<ContentHash> { needed }, default);

        Assert.Equal(Files(sent, read, needed), Directory.GetFiles(Options.Directory).Order(StringComparer.Ordinal));
        Assert.Null(await store.FindAsync(unused, default));
        Assert.EndsWith("are deleted: 1", Assert.Single(Logs.Lines, line => line.Id == 3405).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bundle_is_used_with_all_its_files()
    {
        BlobStore store = NewStore(copies: null);
        ContentHash file = await PutAsync(store, "file");
        JobBundle bundle = JobBundle.Create("Job.dll", [new BundleFile("Job.dll", file, 4)]);
        await store.PutAsync(bundle.Hash, new MemoryStream(bundle.Bytes.ToArray()), default);
        ContentHash absent = ContentHash.Of("absent"u8);

        _time.Advance(TimeSpan.FromHours(2));
        Assert.Equal([bundle.Hash, file], await store.UseAsync(bundle.Hash, default));
        Assert.Equal([absent], await store.UseAsync(absent, default));
        await store.DeleteUnusedAsync(Nothing, default);

        Assert.Equal(Files(bundle.Hash, file), Directory.GetFiles(Options.Directory).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_is_no_list_of_a_bundle_is_used_alone()
    {
        BlobStore store = NewStore(copies: null);
        ContentHash other = await PutAsync(store, "no list");
        Assert.Equal([other], await store.UseAsync(other, default));
    }

    [Fact]
    public async Task Other_files_in_the_directory_are_left_alone()
    {
        BlobStore store = NewStore(copies: null);
        string other = Path.Combine(Options.Directory, "README");
        await File.WriteAllTextAsync(other, "");
        File.SetLastWriteTimeUtc(other, DateTime.UnixEpoch);
        await store.DeleteUnusedAsync(Nothing, default);
        Assert.True(File.Exists(other));
    }

    [Fact]
    public async Task Copies_are_deleted_too_also_those_without_a_file_here()
    {
        BlobStore store = NewStore(_copies);
        ContentHash here = await PutAsync(store, "here");
        ContentHash elsewhere = await PutAsync(store, "elsewhere");
        ContentHash needed = await PutAsync(store, "needed");
        File.Delete(FileOf(elsewhere));
        File.Delete(FileOf(needed));

        _time.Advance(TimeSpan.FromHours(2));
        await store.DeleteUnusedAsync(new HashSet<ContentHash> { needed }, default);

        Assert.Equal([needed], _copies.Hashes);
        Assert.Null(await store.FindAsync(here, default));
        Assert.Equal("needed", await TextAsync(await store.FindAsync(needed, default)));
    }

    [Fact]
    public async Task A_blob_that_is_sent_while_it_is_deleted_is_kept_with_its_copy()
    {
        BlobStore store = NewStore(_copies);
        ContentHash hash = await PutAsync(store, "both");
        _time.Advance(TimeSpan.FromHours(2));
        _copies.Gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        Task deletion = store.DeleteUnusedAsync(Nothing, default);
        Assert.False(File.Exists(FileOf(hash)));
        Task<ContentHash> sending = PutAsync(store, "both");
        _copies.Gate.SetResult();
        await deletion;
        await sending;

        Assert.True(File.Exists(FileOf(hash)));
        Assert.Equal([hash], _copies.Hashes);
    }

    [Fact]
    public async Task Who_asks_for_a_blob_while_it_is_deleted_is_not_told_that_it_is_there()
    {
        HookedTime time = new(_time);
        BlobStore store = new(Options, time, Logs.CreateLogger<BlobStore>());
        ContentHash hash = await PutAsync(store, "asked for");
        _time.Advance(TimeSpan.FromHours(2));
        Task<Stream?>? asking = null;
        Thread asker = new(() => asking = store.FindAsync(hash, default));

        // After the deletion has looked at the blob's time. The asker waits for its end, or else has got its answer.
        time.OnSecondRead = () =>
        {
            asker.Start();
            while (Volatile.Read(ref asking) is not { IsCompleted: true } && !asker.ThreadState.HasFlag(ThreadState.WaitSleepJoin))
            {
                Thread.Yield();
            }
        };
        await store.DeleteUnusedAsync(Nothing, default);
        asker.Join();

        Assert.Null(await asking!);
        Assert.False(File.Exists(FileOf(hash)));
    }

    private BlobStore NewStore(IBlobCopies? copies) => new(Options, _time, Logs.CreateLogger<BlobStore>(), copies);

    private static async Task<ContentHash> PutAsync(BlobStore store, string text)
    {
        ContentHash hash = ContentHash.Of(Bytes(text));
        await store.PutAsync(hash, StreamOf(text), default);
        return hash;
    }

    private string[] Files(params IEnumerable<ContentHash> hashes) => [.. hashes.Select(FileOf).Order(StringComparer.Ordinal)];

    // The first read of a deletion is for abandoned files, the second for the one blob.
    private sealed class HookedTime(TimeProvider time) : TimeProvider
    {
        private int _reads;

        public Action? OnSecondRead { get; set; }

        public override DateTimeOffset GetUtcNow()
        {
            if (OnSecondRead is { } hook && ++_reads == 2)
            {
                OnSecondRead = null;
                hook();
            }

            return time.GetUtcNow();
        }
    }

    private sealed class Copies : IBlobCopies
    {
        private readonly ConcurrentDictionary<ContentHash, byte[]> _blobs = new();

        public TaskCompletionSource? Gate { get; set; }

        public IEnumerable<ContentHash> Hashes => _blobs.Keys;

        public Task WriteAsync(ContentHash hash, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            _blobs[hash] = bytes.ToArray();
            return Task.CompletedTask;
        }

        public Task<byte[]?> ReadAsync(ContentHash hash, CancellationToken cancellationToken) => Task.FromResult(_blobs.GetValueOrDefault(hash));

        public Task<IReadOnlyList<ContentHash>> ListAsync(CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<ContentHash>>([.. _blobs.Keys]);

        public async Task DeleteAsync(ContentHash hash, CancellationToken cancellationToken)
        {
            await (Gate?.Task ?? Task.CompletedTask);
            _blobs.TryRemove(hash, out _);
        }
    }
}
