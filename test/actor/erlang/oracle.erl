%% Runs programs of processes that link, monitor, trap and exit, and prints what each of them got, step by step: what
%% ours has to do. A program is {Id, Commands}, a command {Actor, Operations}; actors are numbered as they are spawned.
-module(oracle).
-export([main/1]).

main([File]) ->
    {ok, Programs} = file:consult(File),
    lists:foreach(fun run/1, Programs),
    halt(0).

run({Id, Commands}) ->
    {Steps, Pids} = lists:mapfoldl(fun step/2, [], Commands),
    io:format("~w ~w~n", [Id, Steps]),
    [exit(Pid, kill) || Pid <- Pids].

%% Pids are in the order they were spawned.
step({0, spawn}, Pids) ->
    All = Pids ++ [spawn_one()],
    {settle(All), All};
step({Actor, Operations}, Pids) ->
    Pid = lists:nth(Actor, Pids),
    Named = [with_pids(Operation, Pids) || Operation <- Operations],
    Pid ! {run, Named, self()},
    Monitor = monitor(process, Pid),
    Spawned = receive
        {ran, Pid, New} -> New;
        {'DOWN', Monitor, process, Pid, _} -> []
    end,
    demonitor(Monitor, [flush]),
    %% The dead spawn nothing, but their child has its number.
    Missing = length([x || spawn_link <- Operations]) - length(Spawned),
    All = Pids ++ Spawned ++ [spawn_dead() || _ <- lists:seq(1, Missing)],
    {settle(All), All}.

spawn_one() ->
    spawn(fun() -> loop(#{}, []) end).

spawn_dead() ->
    {Pid, Monitor} = spawn_monitor(fun() -> ok end),
    receive {'DOWN', Monitor, process, Pid, _} -> Pid end.

with_pids({Operation, Actor}, Pids) when is_integer(Actor) -> {Operation, lists:nth(Actor, Pids)};
with_pids({Operation, Actor, Other}, Pids) -> {Operation, lists:nth(Actor, Pids), Other};
with_pids(Operation, _) -> Operation.

%% A signal reaches its target at once where there is one scheduler, and acts when that runs; one round is one hop.
settle(Pids) ->
    Rounds = [[sync(Pid) || Pid <- Pids] || _ <- lists:seq(1, length(Pids) + 2)],
    Names = maps:from_list(lists:zip(Pids, lists:seq(1, length(Pids)))),
    [collect([lists:nth(I, Round) || Round <- Rounds], Names) || I <- lists:seq(1, length(Pids))].

sync(Pid) ->
    Monitor = monitor(process, Pid),
    Pid ! {sync, Monitor, self()},
    receive
        {synced, Monitor, Log} -> demonitor(Monitor, [flush]), Log;
        {'DOWN', Monitor, process, Pid, _} -> dead
    end.

collect(Logs, Names) ->
    case lists:member(dead, Logs) of
        true -> dead;
        false -> [named(Entry, Names) || Entry <- lists:append(Logs)]
    end.

named({exit, From, Reason}, Names) -> {exit, maps:get(From, Names), Reason};
named({down, Key, Pid, Reason}, Names) -> {down, maps:get(Pid, Names), Key, Reason};
named({message, From, Value}, Names) -> {message, maps:get(From, Names), Value}.

loop(Monitors, Log) ->
    receive
        {sync, Ref, To} ->
            To ! {synced, Ref, lists:reverse(Log)},
            loop(Monitors, []);
        {run, Operations, To} ->
            {Next, Spawned} = lists:foldl(fun operate/2, {Monitors, []}, Operations),
            To ! {ran, self(), Spawned},
            loop(Next, Log);
        {message, From, Value} ->
            loop(Monitors, [{message, From, Value} | Log]);
        {'EXIT', From, Reason} ->
            loop(Monitors, [{exit, From, Reason} | Log]);
        {'DOWN', Ref, process, Pid, Reason} ->
            [Key] = [Key || {Key, Known} <- maps:to_list(Monitors), Known =:= Ref],
            loop(Monitors, [{down, Key, Pid, Reason} | Log])
    end.

%% Whoever links to a dead local process without trapping exits gets an exception: the same end as by a signal.
operate({link, Pid}, State) -> try link(Pid) catch error:noproc -> exit(noproc) end, State;
operate({unlink, Pid}, State) -> unlink(Pid), State;
operate({monitor, Pid, Key}, {Monitors, Spawned}) -> {Monitors#{Key => monitor(process, Pid)}, Spawned};
operate({demonitor, {Key, Flush}}, {Monitors, Spawned}) ->
    case Monitors of
        #{Key := Ref} when Flush -> demonitor(Ref, [flush]);
        #{Key := Ref} -> demonitor(Ref);
        _ -> ok
    end,
    {Monitors, Spawned};
operate({trap, Value}, State) -> process_flag(trap_exit, Value), State;
operate({exit, Pid, Reason}, State) -> exit(Pid, Reason), State;
operate({send, Pid, Value}, State) -> Pid ! {message, self(), Value}, State;
operate({die, Reason}, _) -> exit(Reason);
operate(spawn_link, {Monitors, Spawned}) ->
    {Monitors, Spawned ++ [spawn_link(fun() -> loop(#{}, []) end)]}.
