using System.Diagnostics.Tracing;
using System.Globalization;
using System.Text;
using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Etlx;
using QueryStream.Rest.Model;

namespace QueryStream.Rest.Threads;

/// <summary>
/// Takes thread dumps of this process: what each of its threads that run .NET code does. The runtime samples them, so each sample stops all of
/// them for less than a millisecond; a dump takes some tenths of a second of CPU time. So that many requests cost no more than one, the last dump
/// is given again for a second. Thread-safe.
/// </summary>
/// <param name="time">The clock.</param>
public sealed class ThreadDumper(TimeProvider time) : IDisposable
{
    private const string Profiler = "Microsoft-DotNETCore-SampleProfiler";

    // The payload of a sample: 1 is a thread outside of .NET code, which nearly always waits, 2 one that runs .NET code.
    private const string KindField = "Type";
    private const string RunningKind = "2";

    // For some samples, which come each millisecond, where a processor is free.
    private static readonly TimeSpan Sampled = TimeSpan.FromMilliseconds(20);

    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(1);

    // Guards the fields below.
    private readonly SemaphoreSlim _turn = new(1);
    private ThreadDumpResponse? _last;
    private long _takenAt;

    /// <summary>Takes a dump, or gives the last one again.</summary>
    /// <exception cref="RestException">The runtime does not allow it.</exception>
    public async Task<ThreadDumpResponse> TakeAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_last is null || time.GetElapsedTime(_takenAt) > Kept)
            {
                _last = await TakeAnewAsync(cancellationToken).ConfigureAwait(false);
                _takenAt = time.GetTimestamp();
            }

            return _last;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private async Task<ThreadDumpResponse> TakeAnewAsync(CancellationToken cancellationToken)
    {
        DirectoryInfo? folder = null;
        try
        {
            folder = Directory.CreateTempSubdirectory("querystream-threads-");
            string trace = Path.Combine(folder.FullName, "samples.nettrace");
            await SampleAsync(trace, cancellationToken).ConfigureAwait(false);
            return new ThreadDumpResponse(Read(trace));
        }
        catch (Exception e) when (e is DiagnosticsClientException or IOException or UnauthorizedAccessException)
        {
            throw new RestException(
                503,
                $"The runtime of this process gives no thread dump: {e.Message} Is DOTNET_EnableDiagnostics=0 set, or /tmp full?");
        }
        finally
        {
            folder?.Delete(recursive: true);
        }
    }

    private async Task SampleAsync(string trace, CancellationToken cancellationToken)
    {
        DiagnosticsClient runtime = new(Environment.ProcessId);
        using EventPipeSession session = await runtime.StartEventPipeSessionAsync(
            [new EventPipeProvider(Profiler, EventLevel.Informational)], requestRundown: true, token: cancellationToken).ConfigureAwait(false);
        FileStream file = File.Create(trace);
        await using (file.ConfigureAwait(false))
        {
            Task copying = session.EventStream.CopyToAsync(file, cancellationToken);
            await Task.Delay(Sampled, time, cancellationToken).ConfigureAwait(false);
            await session.StopAsync(cancellationToken).ConfigureAwait(false);
            await copying.ConfigureAwait(false);
        }
    }

    // The last sample of each thread.
    private static List<ThreadInfo> Read(string trace)
    {
        using TraceLog log = new(TraceLog.CreateFromEventPipeDataFile(trace));
        SortedDictionary<int, TraceEvent> last = [];
        foreach (TraceEvent sample in log.Events.Where(happened => happened.ProviderName == Profiler))
        {
            last[sample.ThreadID] = sample.Clone();
        }

        return [.. last.Select(thread => InfoOf(thread.Key, thread.Value))];
    }

    private static ThreadInfo InfoOf(int thread, TraceEvent sample)
    {
        string name = NameOf(thread);
        string state = sample.PayloadStringByName(KindField, CultureInfo.InvariantCulture) == RunningKind ? "RUNNABLE" : "WAITING";
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"\"{name}\" Id={thread} {state}\n");
        for (TraceCallStack? frame = sample.CallStack(); frame is not null; frame = frame.Caller)
        {
            // Without a name: code of the runtime itself.
            if (frame.CodeAddress.FullMethodName is { Length: > 0 } method)
            {
                text.Append(CultureInfo.InvariantCulture, $"\tat {method.Split('(', 2)[0]}({frame.CodeAddress.ModuleName})\n");
            }
        }

        return new ThreadInfo(name, text.Append('\n').ToString());
    }

    // The system keeps the first 15 bytes of what .NET calls a thread.
    private static string NameOf(int thread)
    {
        try
        {
            return File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/self/task/{thread}/comm")).TrimEnd();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended, or this is no Linux.
            return string.Create(CultureInfo.InvariantCulture, $"thread {thread}");
        }
    }
}
