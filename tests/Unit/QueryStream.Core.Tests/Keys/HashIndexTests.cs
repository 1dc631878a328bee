using QueryStream.Core.Keys;

namespace QueryStream.Core.Tests.Keys;

public sealed class HashIndexTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 4)]
    [InlineData(3, 1_000)]
    [InlineData(4, int.MaxValue)]
    public void It_finds_the_same_as_a_list_through_additions_removals_and_collisions(ulong seed, int hashes)
    {
        SeededRandom random = new(seed);
        HashIndex index = new();
        List<(ulong Hash, int Number)> model = [];
        int next = 0;
        for (int step = 0; step < 3_000; step++)
        {
            switch (random.Next(5))
            {
                case 0 when model.Count > 0:
                    (ulong Hash, int Number) gone = model[random.Next(model.Count)];
                    index.Remove(gone.Hash, gone.Number);
                    model.Remove(gone);
                    break;
                case 1 when model.Count > 0:
                    int at = random.Next(model.Count);
                    index.Renumber(model[at].Hash, model[at].Number, next);
                    model[at] = (model[at].Hash, next++);
                    break;
                default:
                    // Only the low half is used; it collides as often as the test case says.
                    ulong hash = (random.Next() << 32) | (uint)random.Next(hashes);
                    HashIndex.Probe probe = index.Find(hash);
                    while (probe.MoveNext(out _))
                    {
                    }

                    index.Add(hash, probe.End, next);
                    model.Add((hash, next++));
                    break;
            }

            ulong sought = model.Count == 0 ? 0 : model[random.Next(model.Count)].Hash;
            Assert.Equal(
                model.Where(entry => (uint)entry.Hash == (uint)sought).Select(entry => entry.Number).Order(), NumbersOf(index, sought).Order());
        }

        index.Clear();
        Assert.All(model, entry => Assert.Empty(NumbersOf(index, entry.Hash)));
    }

    private static List<int> NumbersOf(HashIndex index, ulong hash)
    {
        List<int> numbers = [];
        HashIndex.Probe probe = index.Find(hash);
        while (probe.MoveNext(out int number))
        {
            numbers.Add(number);
        }

        return numbers;
    }
}
