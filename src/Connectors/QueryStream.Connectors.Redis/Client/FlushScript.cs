using System.Globalization;
using StackExchange.Redis;

namespace QueryStream.Connectors.Redis.Client;

/// <summary>The Lua script that executes a flush atomically, and its calling convention. See docs/design/redis-sink.md.</summary>
internal static class FlushScript
{
    // KEYS  fence, then the key of each row
    // ARGV  field, attempt, number, chained (0 or 1), seconds the fence lives, seconds a row lives, channel, database, field of the sink, attempt of
    //       its region, then of each row its value, what to do (1: publish the message, 2: delete the key, 3: both, 0: neither), and the message
    // returns {1}, or if the fence refuses {0, attempt, number} of the last executed flush, or {0, attempt, -1} of the region
    //
    // The script selects the database itself: the library would silently use database 0 if the server refuses another one.
    // The fence is raised first, so that an error (no memory, full disk, replica) happens before any row is written. pcall is used because only its
    // errors keep their code in all versions of Redis.
    public const string Text = """
        if ARGV[8] ~= '0' then
          local selected = redis.pcall('SELECT', ARGV[8])
          if selected.err then return selected end
        end
        local stored = redis.pcall('HGET', KEYS[1], ARGV[1])
        if type(stored) == 'table' then return stored end
        local region = redis.pcall('HGET', KEYS[1], ARGV[9])
        if type(region) == 'table' then return region end
        if region then
          local r = tonumber(region)
          if not r then return redis.error_reply('WRONGFENCE The field holds no fence') end
          if r > tonumber(ARGV[10]) then return {0, r, -1} end
        end
        local attempt, number = -1, -1
        if stored then
          local a, n = string.match(stored, '^(%d+):(%d+)$')
          if not a then return redis.error_reply('WRONGFENCE The field holds no fence') end
          attempt, number = tonumber(a), tonumber(n)
        end
        local a, n = tonumber(ARGV[2]), tonumber(ARGV[3])
        local accepted = a > attempt or (a == attempt and n > number)
        if ARGV[4] == '1' then accepted = a == attempt and n == number + 1 end
        if not accepted then return {0, attempt, number} end
        local raised = redis.pcall('HSET', KEYS[1], ARGV[1], ARGV[2] .. ':' .. ARGV[3], ARGV[9], ARGV[10])
        if type(raised) == 'table' then return raised end
        redis.call('EXPIRE', KEYS[1], ARGV[5])
        local ttl, channel = ARGV[6], ARGV[7]
        for i = 2, #KEYS do
          local at = 3 * i + 5
          local todo = ARGV[at + 1]
          if todo == '2' or todo == '3' then
            redis.call('DEL', KEYS[i])
          else
            redis.call('SETEX', KEYS[i], ttl, ARGV[at])
          end
          if todo == '1' or todo == '3' then redis.call('PUBLISH', channel, ARGV[at + 2]) end
        end
        return {1}
        """;

    private const int FixedValues = 10;
    private const int ValuesPerRow = 3;
    private const int Publish = 1;
    private const int Delete = 2;

    /// <summary>The keys of a call.</summary>
    public static RedisKey[] Keys(RedisFlush flush)
    {
        RedisKey[] keys = new RedisKey[1 + flush.Rows.Count];
        keys[0] = flush.Fence.Key;
        for (int i = 0; i < flush.Rows.Count; i++)
        {
            keys[i + 1] = flush.Rows[i].Key;
        }

        return keys;
    }

    /// <summary>The arguments of a call.</summary>
    public static RedisValue[] Values(RedisFlush flush, int database)
    {
        RedisValue[] values = new RedisValue[FixedValues + (ValuesPerRow * flush.Rows.Count)];
        values[0] = flush.Fence.Field;
        values[1] = flush.Attempt.Number;
        values[2] = flush.Number;
        values[3] = flush.IsChained;
        values[4] = (long)RedisFence.Ttl.TotalSeconds;
        values[5] = (long)flush.Ttl.TotalSeconds;
        values[6] = flush.Channel;
        values[7] = database;
        values[8] = flush.Fence.RegionField;
        values[9] = flush.Region.Number;
        int at = FixedValues;
        foreach (RedisRow row in flush.Rows)
        {
            bool isPublished = row.Message is not null && flush.Channel.Length > 0;
            values[at++] = row.Value ?? RedisValue.EmptyString;
            values[at++] = (isPublished ? Publish : 0) + (row.Value is null ? Delete : 0);
            values[at++] = isPublished ? row.Message : RedisValue.EmptyString;
        }

        return values;
    }

    /// <summary>Parses the reply of a call.</summary>
    public static RedisReply Read(RedisResult result)
    {
        RedisValue[]? answer = (RedisValue[]?)result;
        return answer switch
        {
            [var written] when written == 1 => RedisReply.Written.Instance,
            [var written, var attempt, var number] when written == 0 => new RedisReply.Refused((int)attempt, (long)number),
            _ => throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture,
                $"The flush script answered with {answer?.Length ?? 0} values, not with {{1}} or {{0, attempt, number}}.")),
        };
    }
}
