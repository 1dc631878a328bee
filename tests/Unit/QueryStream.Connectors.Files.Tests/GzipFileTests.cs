using System.IO.Compression;
using System.Text;
using QueryStream.Core;
using QueryStream.Core.Texts;
using QueryStream.Streams.Formats;
using QueryStream.TestKit.Connectors;

namespace QueryStream.Connectors.Files.Tests;

/// <summary>A gzip file that is truncated or damaged anywhere is unreadable, and no partial row is emitted.</summary>
public sealed class GzipFileTests : FileRig
{
    // An empty gzip file, since .NET writes nothing for empty content.
    private static readonly byte[] EmptyMember = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    [Fact]
    public async Task A_file_that_was_cut_off_is_unreadable_and_its_half_row_is_no_row()
    {
        Write("truncated.csv.gz", await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "Inputs", "truncated.csv.gz")));

        SourceHarness<Payment> source = await ReadAsync(new CsvRecordFormat<Payment>());

        Assert.Equal(141, source.Rows.Count);
        Assert.Equal(41, source.Rows[^1].Row.Card);
        Assert.Equal(317.87m, source.Rows[^1].Row.Amount);
        Assert.Equal("unreadable-file", Assert.Single(source.DeadLetters).Reason);
        Assert.EndsWith(
            "truncated.csv.gz: the file is truncated: its last gzip member is incomplete", source.DeadLetters[0].Detail, StringComparison.Ordinal);
        Assert.True(Assert.Single(source.Ends, end => end.IsFinal).IsFinal);
    }

    [Theory]
    [InlineData(CompressionLevel.Optimal)]
    [InlineData(CompressionLevel.NoCompression)]
    public async Task A_file_is_complete_at_the_ends_of_its_members_only(CompressionLevel level)
    {
        string[] members = ["1\n2\n", "", "3", "\n4\n55\n"];
        byte[] packed = [];
        List<int> ends = [0];
        foreach (string member in members)
        {
            packed = [.. packed, .. member.Length == 0 ? EmptyMember : Packed(member, level)];
            ends.Add(packed.Length);
        }

        for (int length = 0; length <= packed.Length; length++)
        {
            Write($"{length:000}.gz", packed[..length]);
        }

        SourceHarness<Text> source = await ReadAsync(new TextRecordFormat());

        Assert.Equal(packed.Length + 1, source.Splits.Count);
        Assert.Equal(
            Enumerable.Range(0, packed.Length + 1).Except(ends).Select(length => $"{length:000}.gz"),
            source.DeadLetters.Where(letter => letter.Reason == "unreadable-file").Select(letter => letter.Topic).Order(StringComparer.Ordinal));
        foreach (IGrouping<int, string> file in source.Rows.GroupBy(row => row.Split, row => row.Row.ToString()))
        {
            // In a complete file the last line needs no line break.
            int length = int.Parse(source.Splits[file.Key][..3], System.Globalization.CultureInfo.InvariantCulture);
            string whole = string.Concat(members.Take(Math.Max(0, ends.IndexOf(length))));
            string[] expected = ends.Contains(length)
                ? whole.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                : [.. new[] { "1", "2", "3", "4", "55" }.Take(file.Count())];
            Assert.Equal(expected, file);
        }
    }

    [Fact]
    public async Task A_byte_that_was_changed_is_found()
    {
        SeededRandom random = new(7);
        byte[] packed = Packed(string.Concat(Enumerable.Range(0, 2_000).Select(_ => $"{random.Next(1_000_000)}\n")), CompressionLevel.Optimal);
        for (int i = 0; i < 40; i++)
        {
            // Not in the header's time and system, which are not checked.
            byte[] changed = [.. packed];
            int at = i < 8 ? packed.Length - 1 - i : 10 + random.Next(packed.Length - 10);
            changed[at] ^= (byte)(1 << random.Next(8));
            Write($"{i:00}.gz", changed);
        }

        SourceHarness<Text> source = await ReadAsync(new TextRecordFormat());

        Assert.Equal(40, source.DeadLetters.Count(letter => letter.Reason == "unreadable-file"));
    }

    [Fact]
    public async Task Bytes_behind_the_last_member_are_told_of()
    {
        Write("a.gz", [.. Packed("1\n", CompressionLevel.Optimal), .. "garbage"u8]);

        SourceHarness<Text> source = await ReadAsync(new TextRecordFormat());

        Assert.Equal(["1"], source.Rows.Select(row => row.Row.ToString()));
        Assert.EndsWith("is followed by other data", Assert.Single(source.DeadLetters).Detail, StringComparison.Ordinal);
    }

    private static byte[] Packed(string content, CompressionLevel level)
    {
        using MemoryStream packed = new();
        using (GZipStream zip = new(packed, level))
        {
            zip.Write(Encoding.UTF8.GetBytes(content));
        }

        return packed.ToArray();
    }
}
