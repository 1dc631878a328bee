using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using QueryStream.TestKit;
using QueryStream.Testing.Redis;

namespace QueryStream.CommandLine.Tests;

/// <summary>
/// The process of a job whose storage of checkpoints fails in every way: processing goes on, the failures are counted and shown, and checkpoints
/// complete again afterwards.
/// </summary>
public sealed partial class StoreFaultTests : IDisposable
{
    private const string Password = "geheim-7";
    private const int FileSizeLimit = 1;
    private const string Failed = "has failed, the job goes on";
    private const string Again = "complete again, after";

    // A commit that fails is repeated until the timeout, so it is short; then it may pass on a busy machine too, which must not end the job.
    private const string Engine = "-D execution.checkpointing.interval=100ms -D execution.checkpointing.timeout=5s "
        + "-D execution.checkpointing.tolerable-failed-checkpoints=1000000";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("querystream-store-");

    private static string Job => Path.Combine(AppContext.BaseDirectory, "WordCount.dll");

    public void Dispose() => _folder.Delete(recursive: true);

    [RedisFact(ownServer: true)]
    public async Task A_job_goes_on_while_Redis_is_frozen_full_read_only_or_gone_and_starts_again_from_what_it_stored_there()
    {
        await using RedisServer server = await RedisServer.StartAsync("--requirepass", Password);
        (string, string)[] environment = [("REDIS_PASSWORD", Password), ("QueryStream__Redis__ResponseTimeout", "1s")];
        string address = $"redis://{server.Address}/3";
        string options = $"-D execution.checkpointing.dir={address} {Engine} --json";
        string errors;
        string path;
        await using (CommandProcess run = CommandProcess.Start($"run {Job} --local {options} -- --lines=0 --rate=1000", environment))
        {
            await run.WroteAsync("Streaming job started");
            await OutageAsync(run, "frozen", () => Do(server.Freeze), () => Do(server.Resume));
            await OutageAsync(run, "full", () => CallAsync(server, "CONFIG SET maxmemory 1"), () => CallAsync(server, "CONFIG SET maxmemory 0"));
            await OutageAsync(run, "read-only", () => CallAsync(server, "REPLICAOF 127.0.0.1 1"), () => CallAsync(server, "REPLICAOF NO ONE"));
            await OutageAsync(run, "gone, and back without its data", () => Do(server.Kill), server.RestartAsync);
            run.Kill();
            errors = (await run.EndAsync()).Errors;
            path = $"{address}/{Started().Match(errors).Groups[1].Value}";
        }

        CommandEnd verified = await CommandProcess.RunAsync($"checkpoint verify {path}", environment);
        CommandEnd inspected = await CommandProcess.RunAsync($"checkpoint inspect {path} --json", environment);
        Assert.Equal((0, 0), (verified.ExitCode, inspected.ExitCode));

        string stop = $"--stop-with-savepoint {_folder.FullName}/savepoints";
        // Without the short timeout, so that the log tells of a full Redis and not of a slow one.
        await using CommandProcess next = CommandProcess.Start(
            $"run {Job} --local -s latest {options} {stop} -- --lines=0 --rate=1000", environment[0]);
        await next.WroteAsync("Streaming job started");
        await OutageAsync(next, "full", () => CallAsync(server, "CONFIG SET maxmemory 1"), () => CallAsync(server, "CONFIG SET maxmemory 0"));
        next.SendInterrupt();
        CommandEnd end = await next.EndAsync();

        Assert.Equal(0, end.ExitCode);
        using JsonDocument report = JsonDocument.Parse(end.Output);
        JsonElement checkpoints = report.RootElement.GetProperty("checkpoints");
        using JsonDocument stored = JsonDocument.Parse(inspected.Output);
        Assert.Equal("FINISHED", report.RootElement.GetProperty("status").GetString());
        Assert.Equal(stored.RootElement.GetProperty("path").GetString(), report.RootElement.GetProperty("restored_from").GetString());
        Assert.InRange(checkpoints.GetProperty("failed").GetInt64(), 1, long.MaxValue);
        Assert.NotNull(checkpoints.GetProperty("last_failure").GetString());
        Assert.Contains("OOM command not allowed", end.Errors, StringComparison.Ordinal);
        string? savepoint = checkpoints.GetProperty("savepoint").GetProperty("path").GetString();
        Assert.StartsWith($"file://{_folder.FullName}/savepoints/", savepoint, StringComparison.Ordinal);
        foreach (string text in (string[])[errors, verified.Output, inspected.Output, end.Errors, end.Output])
        {
            Assert.DoesNotContain(Password, text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_job_goes_on_while_its_directory_is_full_read_only_or_cleared_and_keeps_other_processes_away()
    {
        string real = Path.Combine(_folder.FullName, "real");
        string directory = Path.Combine(_folder.FullName, "checkpoints");
        Directory.CreateDirectory(real);
        File.CreateSymbolicLink(directory, real);
        string options = $"-D execution.checkpointing.dir={directory} {Engine}";
        await using CommandProcess run = CommandProcess.Start($"run {Job} --local {options} -- --lines=0 --rate=1000");
        await run.WroteAsync("Streaming job started");

        // What a process may write is limited as by a full disk; root may write to any directory but those of the kernel.
        await OutageAsync(run, "full", () => Do(() => LimitFileSize(run.Id, 0)), () => Do(() => LimitFileSize(run.Id, ulong.MaxValue)));
        await OutageAsync(run, "read-only", () => Do(() => Link(directory, "/sys")), () => Do(() => Link(directory, real)));
        await OutageAsync(run, "cleared", () => Do(() => Directory.Move(real, $"{real}.gone")), () => Do(() => Directory.CreateDirectory(real)));
        CommandEnd other = await CommandProcess.RunAsync($"run {Job} --local {options} -- --lines=10");
        run.SendInterrupt();
        CommandEnd end = await run.EndAsync();

        Assert.Equal(1, other.ExitCode);
        Assert.StartsWith($"ERROR: Checkpoints in file://{directory}/ are in use by another process.", other.ErrorLine, StringComparison.Ordinal);
        Assert.Equal(0, end.ExitCode);
        Match saved = Saved().Match(end.Output);
        Assert.InRange(long.Parse(saved.Groups[1].ValueSpan, NumberStyles.AllowThousands, CultureInfo.InvariantCulture), 3, long.MaxValue);
        Assert.InRange(long.Parse(saved.Groups[2].ValueSpan, NumberStyles.AllowThousands, CultureInfo.InvariantCulture), 3, long.MaxValue);
        Assert.Contains("  not saved Checkpoint ", end.Output, StringComparison.Ordinal);
    }

    // A failure is logged once for each outage, and its end too.
    private static async Task OutageAsync(CommandProcess run, string what, Func<Task> begin, Func<Task> end)
    {
        (int failed, int complete) = (Count(run, Failed), Count(run, Again));
        await begin();
        await Wait.UntilAsync($"a failed checkpoint: {what}", () => Count(run, Failed) > failed, Limit, () => run.Errors);
        await end();
        await Wait.UntilAsync($"checkpoints to complete again: {what}", () => Count(run, Again) > complete, Limit, () => run.Errors);
    }

    private static int Count(CommandProcess run, string part) => run.Errors.Split(part).Length - 1;

    private static Task Do(Action action)
    {
        action();
        return Task.CompletedTask;
    }

    private static async Task CallAsync(RedisServer server, string command)
    {
        await using RespConnection redis = await server.ConnectAsync();
        await redis.CallAsync("AUTH", Password);
        await redis.CallAsync([.. command.Split(' ')]);
    }

    // Replaces a link by another one in one step.
    private static void Link(string link, string target)
    {
        File.CreateSymbolicLink($"{link}.new", target);
        Assert.Equal(0, Rename($"{link}.new", link));
    }

    private static void LimitFileSize(int process, ulong bytes)
    {
        ulong[] limit = [bytes, ulong.MaxValue];
        Assert.Equal(0, SetLimit(process, FileSizeLimit, limit, IntPtr.Zero));
    }

    [DllImport("libc", EntryPoint = "prlimit", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetLimit(int process, int resource, ulong[] softAndHard, IntPtr old);

    // File.Move takes no link to a directory.
    [DllImport("libc", EntryPoint = "rename", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Rename([MarshalAs(UnmanagedType.LPUTF8Str)] string from, [MarshalAs(UnmanagedType.LPUTF8Str)] string to);

    [GeneratedRegex(@"Streaming job started successfully: '.*' \(([0-9a-f]{32})\)")]
    private static partial Regex Started();

    [GeneratedRegex(@"  saved     ([\d,]+) checkpoints, ([\d,]+) failed; the last: ")]
    private static partial Regex Saved();
}
