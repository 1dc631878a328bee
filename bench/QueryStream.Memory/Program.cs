using System.Globalization;
using QueryStream.Memory;

int values = args.Length > 0 ? int.Parse(args[0], NumberStyles.AllowThousands, CultureInfo.InvariantCulture) : 20_000_000;
Console.WriteLine($"{"distinct values",-36} {"own bytes",10} {"beyond own",11} {"at most",9} {"seconds",8}");
bool isExact = true;
isExact &= DistinctMemory.OfTexts("users (text, 13 bytes)", values, static i => $"user-{i:D8}");
isExact &= DistinctMemory.OfTexts(
    "queries (text, 30 to 60 bytes)", values, static i => $"{i:D10} how do I find the results of the exams of this semester?"[..(30 + (i % 31))]);
isExact &= DistinctMemory.OfNumbers("users (int64)", values);
Console.WriteLine();
Console.WriteLine($"{"keys of a counter",-36} {"own bytes",10} {"beyond own",11} {"",9} {"seconds",8}");
isExact &= KeyedMemory.OfNumbers("users (int64)", values);
isExact &= KeyedMemory.OfTexts("users (text, 13 bytes)", values, static i => $"user-{i:D8}");
return isExact ? 0 : 1;
