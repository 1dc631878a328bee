using System.Text;
using QueryStream.Connectors.Files.Sink;
using QueryStream.Core.Texts;
using QueryStream.Streams.Connectors;
using QueryStream.Streams.Formats;
using QueryStream.TestKit;
using QueryStream.TestKit.Connectors;
using QueryStream.Testing.Files;

namespace QueryStream.Connectors.Files.Tests;

/// <summary>Crashes of the machine at every operation of a file sink: visible files hold the rows of complete checkpoints, once.</summary>
public sealed class RollingFileCrashTests
{
    private const string Folder = "/out/results";
    private static readonly string[] Rows = ["a", "b", "c", "d", "e", "f", "g", "h"];

    private readonly ManualTime _time = new();

    [Fact]
    public async Task A_crash_at_any_operation_loses_no_row_and_repeats_none()
    {
        int operations = (await RunAsync(new SimulatedFiles(seed: 1))).Operations;
        for (int crashAt = 0; crashAt < operations; crashAt++)
        {
            for (ulong seed = 1; seed <= 8; seed++)
            {
                SimulatedFiles files = await RunAsync(new SimulatedFiles(seed) { CrashAt = crashAt });
                Assert.True(Rows.SequenceEqual(Visible(files)), $"operation {crashAt}, seed {seed}: {string.Join(", ", Visible(files))}");
            }
        }
    }

    [Fact]
    public async Task A_sink_that_does_not_flush_is_found_by_this_test()
    {
        int operations = (await RunAsync(new SimulatedFiles(seed: 1))).Operations;
        int failures = 0;
        for (int crashAt = 0; crashAt < operations; crashAt++)
        {
            try
            {
                SimulatedFiles files = await RunAsync(new SimulatedFiles(seed: 1) { CrashAt = crashAt, IgnoresFlushes = true });
                failures += Rows.SequenceEqual(Visible(files)) ? 0 : 1;
            }
            catch (Core.Errors.ServiceRefusedException)
            {
                // A file that a checkpoint holds is gone.
                failures++;
            }
        }

        Assert.True(failures > 0);
    }

    // Writes all rows. A crash is followed by another attempt from the last complete checkpoint.
    private async Task<SimulatedFiles> RunAsync(SimulatedFiles files)
    {
        Progress progress = new(SinkHarnessTask.New());
        while (!await TryRunAsync(files, progress))
        {
            files.Restart();
            foreach (string row in Visible(files))
            {
                Assert.Contains(row, Rows.Take(progress.Position));
            }
        }

        return files;
    }

    private async Task<bool> TryRunAsync(SimulatedFiles files, Progress progress)
    {
        try
        {
            FileSinkOptions options = new() { Folder = Folder, RollBytes = 4 };
            SinkHarness<Text> sink = new(
                rows => rows.To("files", new RollingFileSink<Text>(options, new TextRecordFormat(), new SinkFiles(files))),
                progress.NextAttempt(),
                _time);
            sink.Restored = progress.Committables;
            await sink.OpenAsync();
            for (int position = progress.Position; position < Rows.Length; position += 2)
            {
                sink.Write(Text.From(Rows[position]), Text.From(Rows[position + 1]));
                long checkpoint = ++progress.Checkpoint;
                await sink.PrepareAsync(checkpoint);
                if (position == 2)
                {
                    sink.Abort(checkpoint);
                    continue;
                }

                (progress.Position, progress.Committables) = (position + 2, [.. sink.Pending]);
                await sink.CommitAsync(checkpoint);
            }

            await sink.DisposeAsync();
            return true;
        }
        catch (Exception e) when (e is SimulatedCrashException || e.InnerException is SimulatedCrashException)
        {
            return false;
        }
    }

    private static IEnumerable<string> Visible(SimulatedFiles files) => files.Files
        .Where(path => Path.GetDirectoryName(path) == Folder && !Path.GetFileName(path).StartsWith('.'))
        .SelectMany(path => Encoding.UTF8.GetString(files.Content(path)!).Split('\n', StringSplitOptions.RemoveEmptyEntries));

    private sealed class Progress(SinkHarnessTask task)
    {
        private int _attempts;

        public long Checkpoint { get; set; }

        public int Position { get; set; }

        public IReadOnlyList<Committable> Committables { get; set; } = [];

        public SinkHarnessTask NextAttempt() => task with { Attempt = _attempts++ };
    }

    private sealed class SinkFiles(SimulatedFiles files) : ISinkFiles
    {
        public void CreateFolder(string path) => files.CreateDirectory(path);

        public bool Exists(string path) => files.Content(path) is not null;

        public ISinkFile? TryCreate(string path) => Exists(path) ? null : new SinkFile(files, path);

        public void Rename(string from, string to) => files.Rename(from, to);

        public void FlushFolder(string path) => files.FlushDirectory(path);

        public void Delete(string path) => files.Delete(path);
    }

    // The simulated file system writes whole files. A sink flushes a file when it is complete, so nothing that was flushed is written again.
    private sealed class SinkFile(SimulatedFiles files, string path) : ISinkFile
    {
        private readonly MemoryStream _content = new();

        public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
        {
            _content.Write(bytes.Span);
            await files.WriteAsync(path, _content.ToArray(), CancellationToken.None);
        }

        public void Flush() => files.Flush(path);

        public ValueTask DisposeAsync() => _content.DisposeAsync();
    }
}
