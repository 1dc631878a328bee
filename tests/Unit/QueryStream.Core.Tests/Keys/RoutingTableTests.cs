using QueryStream.Core.Keys;

namespace QueryStream.Core.Tests.Keys;

public sealed class RoutingTableTests
{
    [Theory]
    [InlineData(0x0000000000000000, 128, 0)]
    [InlineData(0x01FFFFFFFFFFFFFF, 128, 0)]
    [InlineData(0x0200000000000000, 128, 1)]
    [InlineData(0xFFFFFFFFFFFFFFFF, 128, 127)]
    [InlineData(0x7FFFFFFFFFFFFFFF, 2, 0)]
    [InlineData(0x8000000000000000, 2, 1)]
    [InlineData(0xFFFFFFFFFFFFFFFF, 1, 0)]
    [InlineData(0x5555555555555555, 3, 0)]
    [InlineData(0x5555555655555555, 3, 1)]
    [InlineData(0xFFFFFFFFFFFFFFFF, 32768, 32767)]
    public void The_high_bits_choose_the_key_group(ulong hash, int keyGroups, int expected) =>
        Assert.Equal(new KeyGroup(expected), KeyGroup.Of(hash, keyGroups));

    [Fact]
    public void Each_subtask_owns_one_range_and_ranges_differ_by_one_at_most()
    {
        foreach (int keyGroups in (int[])[1, 2, 7, 100, 128, 1000])
        {
            for (int parallelism = 1; parallelism <= Math.Min(keyGroups, 200); parallelism++)
            {
                RoutingTable table = RoutingTable.Spread(1, keyGroups, parallelism);
                int[] owners = [.. Enumerable.Range(0, keyGroups).Select(group => table.SubtaskOf(new KeyGroup(group)))];
                int[] sizes = [.. owners.GroupBy(owner => owner).Select(range => range.Count())];
                Assert.Equal(owners.Order(), owners);
                Assert.Equal(parallelism, sizes.Length);
                Assert.InRange(sizes.Max() - sizes.Min(), 0, 1);
            }
        }
    }

    [Fact]
    public void A_hash_goes_to_the_subtask_of_its_key_group()
    {
        RoutingTable table = RoutingTable.Spread(version: 3, keyGroups: 128, parallelism: 7);
        Assert.Equal(3, table.Version);
        Assert.Equal(7, table.Parallelism);
        Assert.Equal(128, table.KeyGroups);
        for (ulong i = 0; i < 1000; i++)
        {
            ulong hash = StableHash.OfInt64((long)i);
            Assert.Equal(table.SubtaskOf(KeyGroup.Of(hash, 128)), table.SubtaskOf(hash));
        }
    }

    [Theory]
    [InlineData(128, 0)]
    [InlineData(128, -1)]
    [InlineData(128, 129)]
    [InlineData(0, 1)]
    public void A_parallelism_without_a_key_group_for_each_subtask_is_refused(int keyGroups, int parallelism) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => RoutingTable.Spread(1, keyGroups, parallelism));
}
