using QueryStream.Checkpoints.Storage;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Testing.Files;

namespace QueryStream.Checkpoints.Tests;

/// <summary>The mark of a run that has ended: its bytes, damages, and crashes while it is written.</summary>
public sealed class RunEndTests
{
    private const string Name = "orders";

    private static RunEnd First { get; } =
        new(Name, new JobId(7), new Epoch(1), RunEndKind.Stopped, DateTimeOffset.FromUnixTimeMilliseconds(1_000)) { Savepoint = "file:///s" };

    private static RunEnd Second { get; } = First with { Job = new JobId(8), Kind = RunEndKind.Failed, Savepoint = null, Retains = true };

    [Fact]
    public void The_stored_bytes_stay_as_they_are()
    {
        RunEnd end = Second with { FallbackPath = "x", EndedBefore = [new JobId(9)] };
        RunEnd read = RunEndFormat.Read(RunEndFormat.Write(end), "here", Name);

        Assert.Equal(end with { EndedBefore = [] }, read with { EndedBefore = [] });
        Assert.Equal(end.EndedBefore, read.EndedBefore);
        Assert.Equal([1, 2, 3, 4], Enum.GetValues<RunEndKind>().Select(kind => (int)kind));
        Assert.Equal(
            "51535245" + "02000000" + "3000000000000000" + "3D6D40EF6158253C97B5B5BA08303CB3"
            + "076F7264657273" + "00000000000000000000000000000008" + "02" + "04" + "D00F" + "01" + "0278" + "01"
            + "0100000000000000000000000000000009",
            Convert.ToHexString(RunEndFormat.Write(end)));
    }

    [Fact]
    public void A_mark_that_is_cut_off_or_changed_anywhere_is_refused_by_name()
    {
        byte[] bytes = RunEndFormat.Write(Second);
        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.Contains("/here", Refused(bytes[..length]).Message, StringComparison.Ordinal);
        }

        for (int bit = 0; bit < bytes.Length * 8; bit++)
        {
            byte[] changed = [.. bytes];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Refused(changed);
        }

        DamagedCheckpointException others = Assert.Throws<DamagedCheckpointException>(() => RunEndFormat.Read(bytes, "/here", "another"));
        Assert.Contains("'orders'", others.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_a_crash_at_any_step_there_is_the_mark_that_was_answered_or_the_next_one()
    {
        int crashes = 0;
        for (int crashAt = 0; ; crashAt++)
        {
            for (ulong seed = 0; seed < 10; seed++)
            {
                SimulatedFiles files = new(seed) { CrashAt = crashAt };
                int answered = await RunAsync(files);
                if (answered == 2)
                {
                    Assert.True(crashes > 50, $"only {crashes} crashes");
                    return;
                }

                crashes++;
                files.Restart();
                RunEnd? found = await new DirectoryStorage("/checkpoints", files).FindEndAsync(Name, default);
                RunEnd?[] allowed = answered == 0 ? [null, First] : [First, Second];
                Assert.Contains(found is null ? null : found with { EndedBefore = First.EndedBefore }, allowed);
            }
        }
    }

    [Fact]
    public async Task A_damaged_mark_is_an_error_and_is_replaced_by_the_next_one()
    {
        SimulatedFiles files = new(1);
        DirectoryStorage storage = new("/checkpoints", files);
        await storage.AcquireAsync(default);
        await storage.MarkEndedAsync(First, default);
        string mark = Assert.Single(files.Files, file => file.Contains("/ended/", StringComparison.Ordinal));
        files.Content(mark)![30] ^= 1;

        DamagedCheckpointException damaged = await Assert.ThrowsAsync<DamagedCheckpointException>(() => storage.FindEndAsync(Name, default));
        Assert.Contains(mark, damaged.Message, StringComparison.Ordinal);
        Assert.True(await storage.MarkEndedAsync(Second, default));
        Assert.Equal(RunEndKind.Failed, (await storage.FindEndAsync(Name, default))?.Kind);
    }

    private static DamagedCheckpointException Refused(byte[] bytes) =>
        Assert.Throws<DamagedCheckpointException>(() => RunEndFormat.Read(bytes, "/here", Name));

    // How many marks were answered.
    private static async Task<int> RunAsync(SimulatedFiles files)
    {
        int answered = 0;
        try
        {
            DirectoryStorage storage = new("/checkpoints", files);
            await storage.AcquireAsync(default);
            foreach (RunEnd end in new[] { First, Second })
            {
                Assert.True(await storage.MarkEndedAsync(end, default));
                answered++;
            }
        }
        catch (SimulatedCrashException)
        {
            // What was answered stands.
        }

        return answered;
    }
}
