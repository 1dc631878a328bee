using QueryStream.Core.Codecs;

namespace QueryStream.Core.Tests.Codecs;

/// <summary>
/// The frozen bytes of each type. A failing vector means that snapshots of older versions cannot be read: fix the code, never the vector.
/// </summary>
public sealed class FrozenBytesTests
{
    private static readonly Dictionary<string, string> Vectors = VectorFile.Read("frozen-bytes.txt");

    public static TheoryData<string> Names => [.. Samples.All.Select(sample => sample.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_bytes_of_a_value_are_frozen(string name) => Assert.Equal(Vectors[name], Describe(Sample(name)));

    [Theory]
    [MemberData(nameof(Names))]
    public void Frozen_bytes_are_read_and_written_back_as_they_were(string name)
    {
        byte[] bytes = Sample(name).Write();
        CodecReader reader = new(bytes);
        Assert.Equal(bytes, Sample(name).ReadAndWrite(reader));
        Assert.Equal(0, reader.Remaining);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Skipping_a_value_by_its_layout_ends_after_its_bytes(string name)
    {
        CodecReader reader = new(Sample(name).Write());
        Sample(name).Schema.Skip(reader);
        Assert.Equal(0, reader.Remaining);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_layout_survives_a_round_trip(string name)
    {
        Schema schema = Sample(name).Schema;
        CodecWriter writer = new();
        schema.Write(writer);
        CodecReader reader = new(writer.Written.ToArray());
        Assert.Equal(schema, Schema.Read(reader));
        Assert.Equal(0, reader.Remaining);
        Assert.True(Sample(name).Write().Length >= schema.MinBytes);
    }

    [Fact]
    public void Every_vector_has_a_sample() =>
        Assert.Equal(Vectors.Keys.Order(StringComparer.Ordinal), Samples.All.Select(s => s.Name).Order(StringComparer.Ordinal));

    private static Sample Sample(string name) => Samples.All.Single(sample => sample.Name == name);

    private static string Describe(Sample sample) => $"{sample.Schema} = {Convert.ToHexString(sample.Write())}".TrimEnd();
}
