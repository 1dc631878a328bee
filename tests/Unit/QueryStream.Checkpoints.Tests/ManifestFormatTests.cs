using FsCheck;
using FsCheck.Fluent;
using QueryStream.Checkpoints.Chunks;
using QueryStream.Checkpoints.Manifests;
using QueryStream.Checkpoints.Snapshots;
using QueryStream.Core.Errors;
using QueryStream.Testing.Checkpoints;

namespace QueryStream.Checkpoints.Tests;

/// <summary>Manifests survive serialization, and damaged bytes are refused.</summary>
public sealed class ManifestFormatTests
{
    private static readonly CheckpointManifest Manifest = TestManifests.Of(3, 17, [Chunk(3, 17), Chunk(2, 9), Chunk(3, 17, offset: 100)]);

    [Fact]
    public void A_manifest_is_read_as_it_was_written()
    {
        CheckpointManifest read = ManifestFormat.Read(ManifestFormat.Write(Manifest), "here");

        Assert.Equal(Manifest with { State = read.State, Vertices = read.Vertices }, read);
        Assert.Equal(Manifest.Vertices, read.Vertices);
        Assert.Equal(Manifest.State.KeyGroups, read.State.KeyGroups);
        Assert.Equal(Manifest.State.Progress[TestManifests.Vertex], read.State.Progress[TestManifests.Vertex]);
        Assert.Equal(Manifest.State.Ledger, read.State.Ledger);
        OperatorSnapshot[] both = [Assert.Single(Manifest.State.Operators), Assert.Single(read.State.Operators)];
        Assert.Equal((both[0].Operator, both[0].Name), (both[1].Operator, both[1].Name));
        foreach ((StateSnapshot written, StateSnapshot state) in both[0].States.Zip(both[1].States))
        {
            Assert.Equal((written.Name, written.Kind, written.Schema), (state.Name, state.Kind, state.Schema));
            Assert.Equal(written.Chunks, state.Chunks);
        }
    }

    // A change of the format must still read these bytes, or raise the version.
    [Fact]
    public void Version_1_is_read_for_ever()
    {
        string frozen = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "manifest.v1.txt")).ReplaceLineEndings("");

        // Behind the header of 32 bytes. Since then one vertex has its attempt, 0, at the end.
        Assert.Equal(frozen[64..] + "0100", Convert.ToHexStringLower(ManifestFormat.Write(Manifest))[64..]);
        Assert.Equal(Manifest.Id, ManifestFormat.Read(Convert.FromHexString(frozen), "here").Id);
    }

    [Fact]
    public void A_manifest_that_was_cut_off_is_refused_at_any_length()
    {
        byte[] bytes = ManifestFormat.Write(Manifest);
        for (int length = 0; length < bytes.Length; length++)
        {
            DamagedCheckpointException refusal = Assert.Throws<DamagedCheckpointException>(
                () => ManifestFormat.Read(bytes[..length], "/chk-17/_metadata"));
            Assert.Contains("/chk-17/_metadata", refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_manifest_with_any_bit_changed_is_refused()
    {
        byte[] bytes = ManifestFormat.Write(Manifest);
        for (int bit = 0; bit < bytes.Length * 8; bit++)
        {
            byte[] changed = [.. bytes];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<DamagedCheckpointException>(() => ManifestFormat.Read(changed, "here"));
        }
    }

    [Fact]
    public void A_newer_version_is_refused_with_both_versions()
    {
        byte[] bytes = ManifestFormat.Write(Manifest);
        bytes[4] = 2;
        DamagedCheckpointException refusal = Assert.Throws<DamagedCheckpointException>(() => ManifestFormat.Read(bytes, "here"));
        Assert.Contains("version 2", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("1 to 1", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_bytes_make_the_reader_throw_anything_else()
    {
        byte[] bytes = ManifestFormat.Write(Manifest);
        Prop.ForAll(
            Gen.Choose(32, bytes.Length - 1).Two()
                .SelectMany(places => Gen.Choose(0, 255).Select(value => (places.Item1, places.Item2, Value: (byte)value))).ToArbitrary(),
            change =>
            {
                byte[] changed = [.. bytes];
                changed[change.Item1] = change.Value;
                changed[change.Item2] = change.Value;
                WithGoodChecksum(changed);
                try
                {
                    ManifestFormat.Read(changed, "here");
                }
                catch (DamagedCheckpointException)
                {
                    // Refusing damaged bytes is allowed.
                }
            }).QuickCheckThrowOnFailure();
    }

    private static void WithGoodChecksum(byte[] bytes) =>
        System.IO.Hashing.XxHash128.Hash(bytes.AsSpan(32), bytes.AsSpan(16));

    private static ChunkHandle Chunk(long epoch, long checkpoint, int offset = 0) =>
        new(TestManifests.Segment(epoch, checkpoint), offset, 60, ChunkEncoding.Lz4, 90, 0xabcdef);
}
