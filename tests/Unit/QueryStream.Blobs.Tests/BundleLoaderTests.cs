using Microsoft.Extensions.Logging;
using QueryStream.Blobs.Bundles;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Streams;
using QueryStream.Streams.Graph;
using QueryStream.Streams.Settings;
using QueryStream.TestKit;
using QueryStream.Testing.Assemblies;

namespace QueryStream.Blobs.Tests;

/// <summary>Jobs that are loaded from bundles.</summary>
public sealed class BundleLoaderTests : BlobFolder
{
    private UserAssembly Job => new(FolderOf("mine"), "Mine", UserCode.Largest);

    [Fact]
    public async Task A_job_is_loaded_from_blobs_alone()
    {
        JobReference reference = await StoreAsync(Job.Write(), "LargestJob");
        Directory.Delete(FolderOf("mine"), recursive: true);

        IStreamJob job = await NewLoader().LoadAsync(reference, default);

        StreamGraph graph = StreamBuilder.Build(job, new JobSettings(new Dictionary<string, string> { ["output"] = "kết quả.txt" }));
        Assert.Equal("Largest", graph.Name);
    }

    [Fact]
    public async Task A_dependency_of_the_job_travels_with_it_and_the_engine_does_not()
    {
        LocalBundle bundle = await CollectWithDependencyAsync();

        Assert.Equal(["Mine.dll", "Words.dll"], bundle.Bundle.Files.Select(file => file.Name));
        JobReference reference = await StoreAsync(bundle, "One");
        Directory.Delete(FolderOf("mine"), recursive: true);
        Assert.Equal("từ", (await NewLoader().LoadAsync(reference, default)).Name);
    }

    [Fact]
    public async Task Callers_at_the_same_time_share_one_load_and_one_load_context()
    {
        JobReference reference = await StoreAsync(Job.Write(), "LargestJob");
        CountingSource source = new(NewStore());
        BundleLoader loader = NewLoader(source);

        IStreamJob[] jobs = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => loader.LoadAsync(reference, default)));

        Assert.Equal(2, source.Opened);
        Assert.Equal(20, jobs.Distinct().Count());
        Assert.Equal("Largest", Assert.Single(jobs.Select(job => job.Name).Distinct()));
    }

    [Fact]
    public async Task A_failed_load_is_tried_again_by_the_next_caller()
    {
        JobReference reference = await StoreAsync(Job.Write(), "LargestJob");
        CountingSource source = new(NewStore()) { Failures = 1 };
        BundleLoader loader = NewLoader(source);

        await Assert.ThrowsAsync<BlobException>(() => loader.LoadAsync(reference, default));

        Assert.Equal("Largest", (await loader.LoadAsync(reference, default)).Name);
    }

    [Fact]
    public async Task Another_process_uses_the_folder_that_is_there_and_repairs_a_changed_one()
    {
        JobReference reference = await StoreAsync(Job.Write(), "LargestJob");
        await NewLoader().LoadAsync(reference, default);
        CountingSource source = new(NewStore());
        await NewLoader(source).LoadAsync(reference, default);
        Assert.Equal(1, source.Opened);

        string file = Path.Combine(Options.CacheDirectory, reference.Content, "Mine.dll");
        File.Delete(file);
        await File.WriteAllTextAsync(file, "torn");

        Assert.Equal("Largest", (await NewLoader().LoadAsync(reference, default)).Name);
        Assert.Contains(Logs.Of(LogLevel.Warning), message => message.Contains("laid out again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Code_that_no_process_has_used_for_a_day_is_deleted()
    {
        ManualTime time = new(TimeProvider.System.GetUtcNow());
        JobReference reference = await StoreAsync(Job.Write(), "LargestJob");
        string folder = Path.Combine(Options.CacheDirectory, reference.Content);
        BundleLoader user = NewLoader(time);
        await user.LoadAsync(reference, default);
        BundleLoader other = NewLoader(time);
        await File.WriteAllTextAsync(Path.Combine(Options.CacheDirectory, "README"), "");
        Directory.CreateDirectory(Path.Combine(Options.CacheDirectory, "other"));

        // As long as the one process uses it, no other one deletes it.
        for (int hour = 0; hour < 30; hour++)
        {
            time.Advance(TimeSpan.FromHours(1));
            user.DeleteUnused();
            other.DeleteUnused();
        }

        Assert.True(Directory.Exists(folder));
        time.Advance(TimeSpan.FromHours(24));
        other.DeleteUnused();
        Assert.True(Directory.Exists(folder));
        await NewLoader(time).LoadAsync(reference, default);
        time.Advance(TimeSpan.FromHours(24));
        other.DeleteUnused();
        Assert.True(Directory.Exists(folder));
        time.Advance(TimeSpan.FromHours(1));
        other.DeleteUnused();

        IEnumerable<string?> left = Directory.GetFileSystemEntries(Options.CacheDirectory).Select(Path.GetFileName);
        Assert.Equal(["README", "other"], left.Order(StringComparer.Ordinal));
        Assert.Equal("Largest", (await other.LoadAsync(reference, default)).Name);
    }

    [Fact]
    public async Task A_file_that_another_peer_sends_instead_is_refused()
    {
        LocalBundle local = await LocalBundle.CollectAsync(Job.Write(), default);
        JobReference reference = await StoreAsync(local, "LargestJob");
        CountingSource source = new(NewStore()) { Replacement = (local.Bundle.Files[0].Hash, "other code") };

        BlobException error = await Assert.ThrowsAsync<BlobException>(() => NewLoader(source).LoadAsync(reference, default));

        Assert.Contains("were cut off or changed on the way", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(Options.CacheDirectory));
    }

    [Fact]
    public async Task A_job_whose_files_are_too_large_together_is_refused_before_they_are_fetched()
    {
        JobReference reference = await StoreAsync(Job.Write(), "LargestJob");
        Options = Options with { MaxJobBytes = 10 };
        CountingSource source = new(NewStore());

        BlobException error = await Assert.ThrowsAsync<BlobException>(() => NewLoader(source).LoadAsync(reference, default));

        Assert.True(error.IsTooLarge);
        Assert.Equal(1, source.Opened);
    }

    [Theory]
    [InlineData("submission 1 of this process")]
    [InlineData("../../evil")]
    public async Task A_reference_that_is_no_hash_is_refused(string content) =>
        await Assert.ThrowsAsync<JobDefinitionException>(() => NewLoader().LoadAsync(new JobReference(content, "X"), default));

    [Fact]
    public async Task A_class_that_is_not_there_is_told_with_those_that_are()
    {
        JobReference reference = await StoreAsync(Job.Write(), "Other");

        JobAssemblyException error = await Assert.ThrowsAsync<JobAssemblyException>(() => NewLoader().LoadAsync(reference, default));

        Assert.Contains("There are: LargestJob", error.Message, StringComparison.Ordinal);
    }

    private BundleLoader NewLoader(IBlobSource? source = null) => new(Options, source ?? NewStore(), Logs.CreateLogger<BundleLoader>());

    private BundleLoader NewLoader(TimeProvider time) => new(Options, NewStore(), Logs.CreateLogger<BundleLoader>(), time);

    private async Task<LocalBundle> CollectWithDependencyAsync()
    {
        UserAssembly words = new(FolderOf("mine"), "Words", "public static class Words { public static string Text => \"từ\"; }")
        { UsesEngine = false };
        words.Write();
        await File.WriteAllTextAsync(Path.Combine(FolderOf("mine"), "Unrelated.dll"), "");
        File.Copy(typeof(IStreamJob).Assembly.Location, Path.Combine(FolderOf("mine"), "QueryStream.Streams.dll"));
        string path = new UserAssembly(
            FolderOf("mine"),
            "Mine",
            "public sealed class One : IStreamJob { public string Name => Words.Text; public void Define(StreamBuilder job) { } }")
        { References = [words] }.Write();
        return await LocalBundle.CollectAsync(path, default);
    }

    private async Task<JobReference> StoreAsync(string path, string className) =>
        await StoreAsync(await LocalBundle.CollectAsync(path, default), className);

    private async Task<JobReference> StoreAsync(LocalBundle local, string className)
    {
        BlobStore store = NewStore();
        await store.PutAsync(local.Bundle.Hash, new MemoryStream(local.Bundle.Bytes.ToArray()), default);
        foreach ((ContentHash hash, string path) in local.Paths)
        {
            await using FileStream file = File.OpenRead(path);
            await store.PutAsync(hash, file, default);
        }

        return new JobReference(local.Bundle.Hash.ToString(), className);
    }

    private sealed class CountingSource(BlobStore store) : IBlobSource
    {
        private int _opened;

        public int Opened => _opened;

        public int Failures { get; set; }

        public (ContentHash Hash, string Text)? Replacement { get; init; }

        public Task<Stream> OpenAsync(ContentHash hash, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _opened);
            return Failures-- > 0 ? throw new BlobException("The disk fails.")
                : Replacement?.Hash == hash ? Task.FromResult<Stream>(StreamOf(Replacement.Value.Text))
                : store.OpenAsync(hash, cancellationToken);
        }
    }
}
