using QueryStream.TestKit;

namespace QueryStream.Processes.Tests;

/// <summary>A cluster on two hosts, one of which is cut off for a while.</summary>
public sealed class PartitionTests : IDisposable
{
    private const string Join = $"--coordinator {TwoHosts.FirstAddress}:6123 --slots 1";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("querystream-hosts-");

    public void Dispose() => _folder.Delete(recursive: true);

    [TwoHostsTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_worker_that_is_cut_off_is_given_up_ends_when_it_is_back_and_nothing_is_lost_or_repeated(bool atFirst)
    {
        string job = NumberingJob.Write(Folder("job"));
        string tls = $"--tls {Folder("certificates")}";
        CommandEnd made = await CommandProcess.RunAsync($"cluster certificates {Folder("certificates")}");
        Assert.True(made.ExitCode == 0, made.Errors);
        Task<CommandEnd> local = CommandProcess.RunAsync($"run {job} --local -p 2 -- {NumberingJob.Settings(Folder("local"))}");

        await using TwoHosts hosts = await TwoHosts.StartAsync();
        CommandProcess coordinator = hosts.StartOnFirst($"coordinator --host {TwoHosts.FirstAddress} {tls}", Files("first"));
        hosts.StartOnFirst($"worker --name near {Join} --host {TwoHosts.FirstAddress} {tls}", Files("first"));
        string farWorker = $"worker --name far {Join} --host {TwoHosts.SecondAddress} {tls}";
        CommandProcess far = hosts.StartOnSecond(farWorker, Files("second"));
        string engine = $"-D execution.checkpointing.dir={Folder("checkpoints")} -D execution.checkpointing.interval=100ms";
        CommandProcess run = hosts.StartOnFirst(
            $"run {job} -p 2 --wait 60 {engine} -- {NumberingJob.Settings(Folder("out"), Folder("gate"))}",
            ("QUERYSTREAM_COORDINATOR", $"{TwoHosts.FirstAddress}:8081"));

        // Files are visible when a checkpoint with them is complete, so rows have crossed the cable, and there is state to go on from.
        await Wait.UntilAsync("the first files", () => NumberingJob.Written(Folder("out")).Length > 0, TimeSpan.FromSeconds(120), () => run.Errors);
        hosts.Cut(atFirst);
        await coordinator.WroteAsync("Worker far is lost");
        await run.WroteAsync("The job needs 2 slots, but 1 is free on 1 worker.");

        // The tasks that are cut off go on as well, and what they write must not count.
        await File.WriteAllTextAsync(Folder("gate"), "");
        hosts.Mend(atFirst);
        CommandEnd ended = await far.EndAsync();
        Assert.Equal(137, ended.ExitCode);
        Assert.Contains("This process ends at once", ended.Errors, StringComparison.Ordinal);

        hosts.StartOnSecond(farWorker, Files("second"));
        CommandEnd end = await run.EndAsync();
        Assert.True(end.ExitCode == 0, end.Errors);
        Assert.Equal(0, (await local).ExitCode);
        Assert.Equal(NumberingJob.Written(Folder("local")), NumberingJob.Written(Folder("out")));
        Assert.Equal(NumberingJob.Expected, NumberingJob.Written(Folder("out")));
        Assert.DoesNotContain("ERROR", coordinator.Errors, StringComparison.Ordinal);
    }

    private (string Name, string Value)[] Files(string host) =>
        [("QueryStream__Blobs__Directory", Folder($"{host}-blobs")), ("QueryStream__Blobs__CacheDirectory", Folder($"{host}-jobs"))];

    private string Folder(string name) => Path.Combine(_folder.FullName, name);
}
